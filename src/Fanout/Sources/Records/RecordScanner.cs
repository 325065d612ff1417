using System.Buffers;

namespace Fanout.Sources;

/// <summary>
/// Cuts a text into records, block by block. Nothing is allocated for a record: it is a slice of the block. A record that is too large
/// is counted and skipped without being held. The text is not disposed of.
/// </summary>
internal sealed class RecordScanner<TFormat> : IDisposable
    where TFormat : struct, IRecordFormat
{
    // A line end of two bytes may follow a record of exactly the limit; one byte more shows that a record is larger.
    private const int EndSlack = 3;

    private readonly RecordText _text;
    private readonly long _stop; // records that begin here or later are somebody else's
    private readonly int _maxItemBytes;
    private readonly int _maxCapacity;
    private TFormat _format;
    private byte[] _bytes;
    private int _capacity;
    private int _start; // of the current record
    private int _scan; // up to here the format has seen it
    private int _end;
    private bool _ended;
    private long _position; // of _end in the text
    private Place _place; // of the current record
    private Skipped _skipped;

    /// <summary>A scanner of the records that begin from <paramref name="first"/> up to but not including the offset <paramref name="stop"/>.</summary>
    public RecordScanner(RecordText text, Place first, TFormat format, ScanSettings settings, long stop = long.MaxValue)
    {
        _text = text;
        _stop = stop;
        _format = format;
        _place = first;
        _position = first.Offset;
        _maxItemBytes = settings.MaxItemBytes;
        _capacity = settings.BlockBytes;
        _maxCapacity = Math.Max(_capacity, settings.MaxItemBytes + EndSlack);
        _bytes = ArrayPool<byte>.Shared.Rent(_capacity);
        text.Stream.Position = first.Offset;
    }

    /// <summary>The format, with its state.</summary>
    public ref TFormat Format => ref _format;

    /// <summary>Where the next record begins.</summary>
    public Place Next => _place;

    /// <summary>Takes the next record that is not blank and ends in what is loaded. False: call <see cref="LoadAsync"/>.</summary>
    public bool TryNext(out Record record)
    {
        while (true)
        {
            if (_place.Offset >= _stop)
            {
                record = default;
                return false;
            }

            var length = _format.FindEnd(_bytes.AsSpan(_scan, _end - _scan));
            var terminated = length >= 0;
            _scan = terminated ? _scan + length : _end;
            if (!terminated && (!_ended || (_scan == _start && _skipped.Bytes == 0)))
            {
                record = default;
                return false;
            }

            if (Take(terminated, out record))
                return true;
        }
    }

    /// <summary>Loads the next block. False: the text's end, or where to stop, was reached before.</summary>
    /// <exception cref="SourceException">The text cannot be read, or is shorter than it was.</exception>
    public ValueTask<bool> LoadAsync(CancellationToken cancellationToken) =>
        _text.IsLoaded ? ValueTask.FromResult(Load(cancellationToken)) : LoadRemoteAsync(cancellationToken);

    /// <summary>As <see cref="LoadAsync"/>, holding the thread.</summary>
    public bool Load(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_ended || _place.Offset >= _stop)
            return false;
        if (_position >= _text.Length)
        {
            _ended = true;
            return true;
        }

        MakeRoom();
        var read = _text.Read(_bytes.AsSpan(_end, (int)Math.Min(_capacity - _end, _text.Length - _position)), _position);
        _end += read;
        _position += read;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _scan = _end = 0;
    }

    private async ValueTask<bool> LoadRemoteAsync(CancellationToken cancellationToken)
    {
        // What lies beyond the part that is scanned is not fetched.
        if (!_ended && _position < _text.Length && _place.Offset < _stop)
            await _text.LoadAsync(cancellationToken);
        return Load(cancellationToken);
    }

    private bool Take(bool terminated, out Record record)
    {
        var bytes = _bytes.AsMemory(_start, _scan - _start);
        var length = bytes.Length;
        var place = _place;
        _start = _scan;
        if (_skipped.Bytes > 0)
            return TakeSkipped(bytes.Span, terminated, out record);

        var content = terminated ? bytes[..(length - _format.EndLength(bytes.Span))] : bytes;
        _place = new Place(place.Offset + length, place.Line + (TFormat.SpansLines ? bytes.Span.Count((byte)'\n') : 1));
        var oversized = content.Length > _maxItemBytes;
        record = new Record(place.Offset, place.Line, oversized ? default : content, content.Length, terminated, oversized);
        return !_format.IsBlank(content.Span);
    }

    private bool TakeSkipped(ReadOnlySpan<byte> rest, bool terminated, out Record record)
    {
        var place = _place;
        var total = _skipped.Bytes + rest.Length;
        var endLength = !terminated ? 0 : rest.Length > 1 ? _format.EndLength(rest) : _format.EndLength([_skipped.LastByte, rest[0]]);
        var blank = _skipped.IsBlank && _format.IsBlank(rest[..Math.Max(0, rest.Length - endLength)]);
        _place = new Place(place.Offset + total, place.Line + (TFormat.SpansLines ? _skipped.Lines + rest.Count((byte)'\n') : 1));
        _skipped = default;
        record = new Record(place.Offset, place.Line, default, total - endLength, terminated, Oversized: true);
        return !blank;
    }

    private void MakeRoom()
    {
        var kept = _end - _start;
        if (kept == _capacity && _capacity == _maxCapacity)
        {
            _skipped = _skipped.With(_bytes.AsSpan(_start, kept), ref _format);
            kept = 0;
        }
        else if (kept == _capacity)
        {
            Grow();
            return;
        }
        else if (_start > 0)
        {
            _bytes.AsSpan(_start, kept).CopyTo(_bytes);
        }

        _start = 0;
        _scan = _end = kept;
    }

    // Only when the buffer holds one record from its start to its end.
    private void Grow()
    {
        _capacity = (int)Math.Min(_capacity * 2L, _maxCapacity);
        if (_bytes.Length >= _capacity)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(_capacity);
        _bytes.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    /// <summary>What of the current record was too much to hold.</summary>
    private readonly record struct Skipped(long Bytes, long Lines, bool IsBlank, byte LastByte)
    {
        public Skipped With(ReadOnlySpan<byte> part, ref TFormat format) => new(
            Bytes + part.Length,
            Lines + (TFormat.SpansLines ? part.Count((byte)'\n') : 0),
            (Bytes == 0 || IsBlank) && format.IsBlank(part),
            part[^1]);
    }
}
