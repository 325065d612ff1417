using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Goes through the lines of many parts by item.</summary>
internal abstract class ResultSweep(IResultStore store, string runId) : IAsyncDisposable
{
    /// <summary>So many parts are open at once at most; more that overlap are sorted instead.</summary>
    public const int MaxOpenParts = 64;

    /// <summary>So many lines of parts that overlap are listed in memory at most, 16 bytes each; more are sorted instead.</summary>
    public const long MaxListedLines = 2_000_000;

    private long _lastIndex = -1;
    private string? _lastPart;

    /// <summary>The current line with its end; valid until the next move.</summary>
    public abstract ReadOnlyMemory<byte> Line { get; }

    /// <summary>The current line's item.</summary>
    public long Index => _lastIndex;

    /// <summary>The current line's part.</summary>
    public abstract string PartName { get; }

    /// <summary>The store.</summary>
    protected IResultStore Store => store;

    /// <summary>The run.</summary>
    protected string RunId => runId;

    /// <summary>
    /// A sweep over parts: they are merged as they are, when few overlap (a run over ranges of items), or sorted on disk (a run by key, whose
    /// parts each hold items from all over the source).
    /// </summary>
    public static ResultSweep Over(IResultStore store, string runId, IReadOnlyList<PartRef> parts, ResultQuery query)
    {
        List<PartRef> wanted = [.. parts
            .Where(part => part.Items > 0 && part.LastIndex >= query.From && part.FirstIndex < (query.To ?? long.MaxValue))
            .OrderBy(part => part.FirstIndex)];
        var (open, lines) = MostAtOnce(wanted);
        return open > MaxOpenParts || lines > MaxListedLines ? new SortingSweep(store, runId, wanted, query) : new PartSweep(store, runId, wanted, query);
    }

    /// <summary>Goes to the line of the next item. False: there is none.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await AdvanceAsync(cancellationToken).ConfigureAwait(false) is not { } index)
                return false;
            if (index == _lastIndex)
                throw Duplicate();
            (_lastIndex, _lastPart) = (index, PartName);
            return true;
        }
        catch (Exception failure) when (StorageFailure.IsStorage(failure))
        {
            throw StorageFailure.Explain("read", store.Locate(runId), failure);
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Goes to the next line; null: there is none.</summary>
    /// <returns>Its item.</returns>
    protected abstract ValueTask<long?> AdvanceAsync(CancellationToken cancellationToken);

    // Parts in the order of their first item, and of those open at any one, how many and of how many lines.
    private static (int Parts, long Lines) MostAtOnce(List<PartRef> parts)
    {
        var open = new PriorityQueue<PartRef, long>();
        var (lines, mostParts, mostLines) = (0L, 0, 0L);
        foreach (var part in parts)
        {
            while (open.TryPeek(out var earliest, out var last) && last < part.FirstIndex)
            {
                open.Dequeue();
                lines -= earliest.Items;
            }

            open.Enqueue(part, part.LastIndex);
            lines += part.Items;
            (mostParts, mostLines) = (Math.Max(mostParts, open.Count), Math.Max(mostLines, lines));
        }

        return (mostParts, mostLines);
    }

    private StorageException Duplicate() => new(
        $"Item {_lastIndex} of run '{runId}' has two outcomes, in parts '{_lastPart}' and '{PartName}', of which an item has exactly one. "
        + $"This is a defect of Fanout or of the storage; keep {store.Locate(runId)} and report it.");
}
