using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Merges the lines of parts by item (a k-way merge). Parts are opened when the sweep reaches their first item and closed after their last line, so only those that overlap take memory.</summary>
internal sealed class PartSweep(IResultStore store, string runId, IReadOnlyList<PartRef> parts, ResultQuery query) : ResultSweep(store, runId)
{
    private readonly Queue<PartRef> _ahead = new(parts);
    private readonly PriorityQueue<PartReader, long> _open = new();
    private PartReader? _current;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Line => _current!.Line;

    /// <inheritdoc/>
    public override string PartName => _current!.Name;

    public override async ValueTask DisposeAsync()
    {
        if (_current is not null)
            await _current.DisposeAsync().ConfigureAwait(false);
        while (_open.TryDequeue(out var reader, out _))
            await reader.DisposeAsync().ConfigureAwait(false);
    }

    protected override async ValueTask<long?> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (_current is { } passed)
        {
            _current = null;
            await EnqueueAsync(passed, cancellationToken).ConfigureAwait(false);
        }

        while (_ahead.TryPeek(out var part) && (!_open.TryPeek(out _, out var next) || part.FirstIndex <= next))
        {
            _ahead.Dequeue();
            var scan = new PartScan(RunId, part, query);
            await EnqueueAsync(await PartReader.OpenAsync(Store, scan, RunId, part, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        return _open.TryDequeue(out _current, out var index) ? index : null;
    }

    private async ValueTask EnqueueAsync(PartReader reader, CancellationToken cancellationToken)
    {
        bool hasLine;
        try
        {
            hasLine = await reader.MoveNextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (hasLine)
            _open.Enqueue(reader, reader.Index);
        else
            await reader.DisposeAsync().ConfigureAwait(false);
    }
}
