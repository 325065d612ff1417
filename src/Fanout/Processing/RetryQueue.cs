using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>Items of a batch that wait to be tried again, or that an earlier batch left. They hold no slot. Guarded by the batch's lock.</summary>
internal sealed class RetryQueue
{
    /// <summary>A batch with so many waiting takes no new items until some are settled: it bounds memory and what is handed back.</summary>
    public const int MaxWaiting = 1_000;

    private readonly PriorityQueue<WaitingItem, (DateTimeOffset, long)> _queue = new();

    public int Count => _queue.Count;

    public bool IsFull => _queue.Count >= MaxWaiting;

    public void Add(WaitingItem item) => _queue.Enqueue(item, (item.NotBefore, item.Item.Index));

    public bool TryTakeDue(DateTimeOffset now, out WaitingItem item)
    {
        if (_queue.TryPeek(out item!, out var order) && order.Item1 <= now)
        {
            _queue.Dequeue();
            return true;
        }

        item = null!;
        return false;
    }

    public DateTimeOffset? NextDue => _queue.TryPeek(out _, out var order) ? order.Item1 : null;

    public IEnumerable<PendingItem> Describe() => _queue.UnorderedItems.Select(entry => entry.Element.Describe());

    /// <summary>Takes out those that were tried before.</summary>
    public IReadOnlyList<WaitingItem> TakeTried()
    {
        var all = _queue.UnorderedItems.Select(entry => entry.Element).ToList();
        _queue.Clear();
        foreach (var item in all.Where(item => item.Attempts == 0))
            Add(item);
        return all.FindAll(item => item.Attempts > 0);
    }
}

/// <summary>An item that waits, with bytes of its own.</summary>
internal sealed record WaitingItem(Item Item, int Attempts, DateTimeOffset NotBefore, ItemError? LastError)
{
    /// <summary>Its key, in a run with limits by key.</summary>
    public OpenKey? Key { get; init; }

    /// <summary>With a key: where its record begins in the partition.</summary>
    public long Offset { get; init; }

    public PendingItem Describe() =>
        new(Item.Index, Attempts, NotBefore == DateTimeOffset.MinValue ? null : NotBefore) { Offset = Key is null ? null : Offset, Key = Key?.Number };
}
