using System.Buffers;

namespace Fanout.Azure;

/// <summary>
/// A blob as a seekable stream. Each request fetches a window of it: a small one where reading begins, twice as much each time it goes on where the
/// last one ended. So a scan costs a request a MiB and a look here and there costs no more than what it wants. One call at a time.
/// </summary>
/// <param name="ranges">The blob.</param>
/// <param name="length">Its length, if that is known and will not change; null: it may grow, and at its end it is asked whether it did.</param>
internal sealed class BlobReadStream(BlobRanges ranges, long? length) : Stream
{
    /// <summary>Bytes fetched where reading begins: what readers of parts and of records take at once.</summary>
    public const int FirstWindow = 256 << 10;

    /// <summary>Most bytes fetched, and held, at once. 64 parts may be open.</summary>
    public const int MaxWindow = 1 << 20;

    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;
    private int _size = FirstWindow;
    private long _length = length ?? 0;
    private long _position;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    /// <summary>Of a blob that may grow: its length when it was last read.</summary>
    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Fetches the first window: whether the blob is there is known, and a reader that begins at its beginning has it.</summary>
    /// <exception cref="StorageException">It is not there, or cannot be read.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => FetchAsync(FirstWindow, async: true, cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (MustFetch(buffer.Length))
            await FetchAsync(buffer.Length, async: true, cancellationToken).ConfigureAwait(false);
        return Take(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        if (MustFetch(buffer.Length))
            FetchAsync(buffer.Length, async: false, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => _length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
            Hold([]);
        _isDisposed = true;
        base.Dispose(disposing);
    }

    private bool MustFetch(int wanted)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (wanted == 0 || (_position >= _windowStart && _position < _windowStart + _windowLength))
            return false;
        return length is null || _position < _length;
    }

    private int Take(Span<byte> buffer)
    {
        var at = _position - _windowStart;
        if (at < 0 || at >= _windowLength)
            return 0;
        var taken = Math.Min(buffer.Length, _windowLength - (int)at);
        _window.AsSpan((int)at, taken).CopyTo(buffer);
        _position += taken;
        return taken;
    }

    private async ValueTask FetchAsync(int wanted, bool async, CancellationToken cancellationToken)
    {
        var goesOn = _windowLength > 0 && _position == _windowStart + _windowLength;
        _size = Math.Min(Math.Max(goesOn ? 2 * _size : FirstWindow, wanted), MaxWindow);
        // A blob that may grow may have; of one that does not, what is left is enough.
        var size = length is { } known ? (int)Math.Min(_size, known - _position) : _size;
        _windowLength = 0;
        if (_window.Length < size)
            Hold(ArrayPool<byte>.Shared.Rent(size));
        var piece = await ranges.ReadAsync(_position, _window.AsMemory(0, size), async, cancellationToken).ConfigureAwait(false);
        (_windowStart, _windowLength) = (_position, piece.Read);
        _length = piece.BlobLength ?? _length;
    }

    private void Hold(byte[] window)
    {
        if (_window.Length > 0)
            ArrayPool<byte>.Shared.Return(_window);
        _window = window;
        _windowLength = 0;
    }
}
