using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Merges the lines of many parts by item (a k-way merge). Parts are opened when the sweep reaches their first item and closed after their last line, so only those that overlap take memory.</summary>
internal sealed class PartSweep : IAsyncDisposable
{
    private readonly IResultStore _store;
    private readonly string _runId;
    private readonly ResultQuery _query;
    private readonly Queue<PartRef> _ahead;
    private readonly PriorityQueue<PartReader, long> _open = new();
    private PartReader? _current;
    private long _lastIndex = -1;
    private string? _lastPart;

    public PartSweep(IResultStore store, string runId, IReadOnlyList<PartRef> parts, ResultQuery query)
    {
        _store = store;
        _runId = runId;
        _query = query;
        _ahead = new Queue<PartRef>(parts
            .Where(part => part.Items > 0 && part.LastIndex >= query.From && part.FirstIndex < (query.To ?? long.MaxValue))
            .OrderBy(part => part.FirstIndex));
    }

    /// <summary>The current line with its end; valid until the next move.</summary>
    public ReadOnlyMemory<byte> Line => _current!.Line;

    /// <summary>The current line's item.</summary>
    public long Index => _lastIndex;

    /// <summary>The current line's part.</summary>
    public string PartName => _current!.Name;

    /// <summary>Goes to the line of the next item. False: there is none.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MoveNextCoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (StorageFailure.IsStorage(failure))
        {
            throw StorageFailure.Explain("read", _store.Locate(_runId), failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_current is not null)
            await _current.DisposeAsync().ConfigureAwait(false);
        while (_open.TryDequeue(out var reader, out _))
            await reader.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> MoveNextCoreAsync(CancellationToken cancellationToken)
    {
        if (_current is { } passed)
        {
            _current = null;
            await EnqueueAsync(passed, cancellationToken).ConfigureAwait(false);
        }

        while (_ahead.TryPeek(out var part) && (!_open.TryPeek(out _, out var next) || part.FirstIndex <= next))
        {
            _ahead.Dequeue();
            var scan = new PartScan(_runId, part, _query);
            await EnqueueAsync(await PartReader.OpenAsync(_store, scan, _runId, part, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        if (!_open.TryDequeue(out _current, out var index))
            return false;
        if (index == _lastIndex)
            throw Duplicate();
        (_lastIndex, _lastPart) = (index, _current.Name);
        return true;
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

    private StorageException Duplicate() => new(
        $"Item {_lastIndex} of run '{_runId}' has two outcomes, in parts '{_lastPart}' and '{_current!.Name}', of which an item has exactly one. "
        + $"This is a defect of Fanout or of the storage; keep {_store.Locate(_runId)} and report it.");
}
