namespace Fanout.Storage;

/// <summary>Merges sorted runs of one file. Memory: a block a run, and the current record when it is larger.</summary>
internal sealed class MergedRuns : ISortedRecords
{
    private readonly Stream _stream;
    private readonly PriorityQueue<SortedRun, SortKey> _runs;
    private SortedRun? _current;

    public MergedRuns(Stream stream, IReadOnlyList<(long Start, long End)> parts, int blockBytes)
    {
        _stream = stream;
        _runs = new PriorityQueue<SortedRun, SortKey>(parts.Count);
        foreach (var (start, end) in parts)
            Enqueue(new SortedRun(start, end, blockBytes));
    }

    public SortKey Key => _current!.Key;

    public ReadOnlySpan<byte> Record => _current!.Record(_stream);

    public bool MoveNext()
    {
        if (_current is not null)
            Enqueue(_current);
        return _runs.TryDequeue(out _current, out _);
    }

    public void Dispose()
    {
        _current = null;
        _runs.Clear();
    }

    private void Enqueue(SortedRun run)
    {
        if (run.MoveNext(_stream))
            _runs.Enqueue(run, run.Key);
    }
}
