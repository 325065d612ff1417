namespace Fanout.Processing;

/// <summary>
/// Decides which item a batch starts next: those of its range, and those that wait for another attempt. All members are guarded by the batch's
/// lock, but for what the task of <see cref="BeginLoad"/> does after it was returned.
/// </summary>
internal abstract class ItemFeed : IAsyncDisposable
{
    /// <summary>The cursor: first item (or key) of the range not taken.</summary>
    public abstract long Next { get; }

    /// <summary>True: all of the range is taken.</summary>
    public abstract bool IsRangeTaken { get; }

    /// <summary>True: nothing that was taken waits, and no key is open.</summary>
    public abstract bool HoldsNothing { get; }

    /// <summary>Items that wait for another attempt.</summary>
    public abstract int WaitingCount { get; }

    /// <summary>True: so many wait that nothing new is taken.</summary>
    public virtual bool WaitingIsFull => false;

    /// <summary>Items, about, of keys that may not start them for a limit of their own.</summary>
    public virtual long WaitingForKey => 0;

    /// <summary>When something that waits for its time may start; in the past: now; null: nothing does.</summary>
    public abstract DateTimeOffset? NextDue { get; }

    /// <summary>True: what may start changes as items settle, so whoever settles one asks again how many workers are of use.</summary>
    public virtual bool Varies => false;

    /// <summary>How many items could start now, at a guess that is 0 only if none can.</summary>
    public abstract long CountStartable();

    /// <summary>True: something is left that need not wait for all of these keys, which each have an item in flight.</summary>
    public virtual bool IsHeldUpBy(IReadOnlySet<OpenKey> keys) => false;

    /// <summary>Gives the worker the next item.</summary>
    public abstract Take Take(Worker worker);

    /// <summary>Starts loading what <see cref="Take"/> asked for; only one load at a time.</summary>
    public abstract Task BeginLoad();

    /// <summary>Takes in what a load that has succeeded brought.</summary>
    public abstract void EndLoad();

    /// <summary>Another attempt at the worker's item is to come.</summary>
    public abstract void Wait(Worker worker, Outcome outcome);

    /// <summary>The worker's item, which has a key, no longer counts as in flight.</summary>
    public virtual void Release(OpenKey key, int units)
    {
    }

    /// <summary>The worker's item, which has a key, starts only now: something else held it up since it was taken.</summary>
    public virtual void NoteStart(Worker worker)
    {
    }

    /// <summary>The downstream asked to slow down over an item of this key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="retryAfter">No start of it before this has passed; null: it did not say.</param>
    public virtual void NoteThrottled(OpenKey key, TimeSpan? retryAfter)
    {
    }

    /// <summary>An item of this key succeeded.</summary>
    public virtual void NoteSuccess(OpenKey key)
    {
    }

    /// <summary>Keys of which not every item is settled.</summary>
    public virtual IReadOnlyList<KeyRest> DescribeKeys() => [];

    /// <summary>The items that wait.</summary>
    public abstract IEnumerable<PendingItem> DescribeWaiting();

    /// <summary>Takes out all items that wait and were tried before; they are as if taken from their keys.</summary>
    public abstract IReadOnlyList<WaitingItem> TakeTried();

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens what a batch works on.</summary>
    /// <exception cref="SourceException">The source failed.</exception>
    public static async ValueTask<ItemFeed> OpenAsync(RunScope scope, BatchInput input, BatchCheckpoint? checkpoint) =>
        scope.Spec.Flow.PerKey is { } perKey
            ? await KeyedFeed.OpenAsync(scope, perKey, input, checkpoint).ConfigureAwait(false)
            : await SequentialFeed.OpenAsync(scope, input, checkpoint).ConfigureAwait(false);
}
