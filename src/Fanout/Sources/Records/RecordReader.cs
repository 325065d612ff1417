namespace Fanout.Sources;

/// <summary>Reads a range of the items of a text.</summary>
/// <param name="scanner">Starts at or before the first item; owned.</param>
/// <param name="text">What it scans; owned.</param>
/// <param name="maxItemBytes">The limit that oversized items are told.</param>
/// <param name="skip">Items from where the scanner starts to the range's first.</param>
/// <param name="range">The range's first item and the one after its last.</param>
internal sealed class RecordReader<TFormat>(
    RecordScanner<TFormat> scanner, RecordText text, int maxItemBytes, long skip, (long Start, long End) range) : IItemReader
    where TFormat : struct, IRecordFormat
{
    private long _skip = skip;
    private long _index = range.Start;
    private Record _next;
    private bool _hasNext;

    /// <inheritdoc/>
    public bool TryRead(out Item item)
    {
        if (!_hasNext && !TryNext())
        {
            item = default;
            return false;
        }

        _hasNext = false;
        item = _next.Oversized ? Oversized() : scanner.Format.ToItem(_index, _next);
        _index++;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!_hasNext && !TryNext())
        {
            if (_index >= range.End)
                return false;
            if (!await scanner.LoadAsync(cancellationToken))
                throw new SourceException($"{text.Name} ends before its item {_index}, which it had when it was planned. Restore it as it was, or start a new run.");
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _hasNext = false;
        _index = range.End;
        scanner.Dispose();
        text.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool TryNext()
    {
        if (_index >= range.End)
            return false;
        for (; _skip > 0; _skip--)
        {
            if (!scanner.TryNext(out _))
                return false;
        }

        return _hasNext = scanner.TryNext(out _next);
    }

    private Item Oversized() => new(_index, default, IsText: false)
    {
        Defect = Defects.Oversized(text.Name, _next.Line, _next.Size, maxItemBytes),
    };
}
