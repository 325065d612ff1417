using System.Buffers;

namespace Fanout.Sources;

/// <summary>
/// A version of a remote text as a stream: read in fetches that grow while it is read on, from <see cref="RangeSettings.FirstBytes"/> to
/// <see cref="RangeSettings.LargestBytes"/>, and one fetch ahead. For one reader.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="version">The version that is read.</param>
/// <param name="settings">Sizes of fetches; null: the defaults.</param>
/// <remarks>
/// Fetches grow because a batch of slow items uses little of its range within its slice: what was fetched ahead is thrown away. Restoring a
/// version does not heal a stream that met another one; a fetch that failed is tried again by the next read.
/// </remarks>
public sealed class RangeStream(IRemoteText text, RemoteVersion version, RangeSettings? settings = null) : Stream
{
    private const int Growth = 4;

    private readonly RangeSettings _settings = settings ?? RangeSettings.Default;
    private readonly CancellationTokenSource _disposed = new();
    private Fetch? _current;
    private Fetch? _ahead;
    private long _position;
    private long _expectedEnd;
    private int _nextBytes;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => version.Size;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>True: the next read takes from memory, or there is nothing more to read.</summary>
    public bool IsLoaded => _position >= Length || _current is { IsDone: true } current && current.Holds(_position);

    /// <summary>Says how far it will be read. Up to there fetches are large and run ahead; beyond it, and without it, they begin small.</summary>
    public void Expect(long end) => _expectedEnd = Math.Min(end, Length);

    /// <summary>Waits until <see cref="IsLoaded"/>.</summary>
    /// <exception cref="SourceException">The text is gone or changed.</exception>
    /// <exception cref="StorageException">It cannot be read just now.</exception>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (IsLoaded)
            return;
        var fetch = Turn();
        try
        {
            await fetch.Done.WaitAsync(cancellationToken);
        }
        catch when (fetch.Done.IsFaulted || fetch.Done.IsCanceled)
        {
            fetch.Release();
            _current = null;
            throw;
        }

        RunAhead();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsLoaded)
            await LoadAsync(cancellationToken);
        return Take(buffer.Span);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (!IsLoaded)
            LoadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return Take(buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
            _current?.Release();
            _ahead?.Release();
            _current = _ahead = null;
        }

        base.Dispose(disposing);
    }

    private int Take(Span<byte> buffer)
    {
        if (_position >= Length)
            return 0;
        var bytes = _current!.From(_position);
        var count = Math.Min(bytes.Length, buffer.Length);
        bytes[..count].CopyTo(buffer);
        _position += count;
        RunAhead();
        return count;
    }

    // The fetch that holds the position becomes the current one.
    private Fetch Turn()
    {
        if (_current?.Holds(_position) == true)
            return _current;
        var follows = _current?.End == _position;
        _current?.Release();
        if (_ahead?.Holds(_position) == true)
        {
            (_current, _ahead) = (_ahead, null);
            return _current;
        }

        _ahead?.Release();
        _ahead = null;
        if (!follows || _position == _expectedEnd)
            _nextBytes = _position < _expectedEnd ? _settings.FirstBytes : _settings.UnexpectedBytes;
        return _current = Begin(_position);
    }

    private void RunAhead()
    {
        if (_ahead is not null || _current is not { IsDone: true } current || current.End >= _expectedEnd)
            return;
        // A reader that has come far goes on; of one that has just begun that is not known.
        if (current.Count >= _settings.LargestBytes || _position - current.Offset >= current.Count / 2)
            _ahead = Begin(current.End);
    }

    private Fetch Begin(long offset)
    {
        var limit = offset < _expectedEnd ? _expectedEnd : Length;
        var count = (int)Math.Min(_nextBytes, limit - offset);
        _nextBytes = (int)Math.Min((long)_nextBytes * Growth, _settings.LargestBytes);
        return new Fetch(offset, count, memory => text.ReadAsync(version, offset, memory, _disposed.Token));
    }

    /// <summary>A part of the text in memory, or on its way there.</summary>
    private sealed class Fetch
    {
        private readonly byte[] _buffer;

        public Fetch(long offset, int count, Func<Memory<byte>, ValueTask> read)
        {
            Offset = offset;
            Count = count;
            _buffer = ArrayPool<byte>.Shared.Rent(count);
            Done = ReadAsync(read);
        }

        public long Offset { get; }

        public int Count { get; }

        public long End => Offset + Count;

        public Task Done { get; }

        public bool IsDone => Done.IsCompletedSuccessfully;

        public bool Holds(long position) => position >= Offset && position < End;

        public ReadOnlySpan<byte> From(long position) => _buffer.AsSpan(0, Count)[(int)(position - Offset)..];

        // While it is on its way the buffer is written to, and must not be anybody else's.
        public void Release() => Done.ContinueWith(
            static (done, buffer) =>
            {
                _ = done.Exception;
                ArrayPool<byte>.Shared.Return((byte[])buffer!);
            },
            _buffer,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        private async Task ReadAsync(Func<Memory<byte>, ValueTask> read) => await read(_buffer.AsMemory(0, Count));
    }
}
