namespace Fanout.Benchmarks.Work;

/// <summary>Says when all items have been handled.</summary>
internal sealed class ItemCountdown(long items)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left = items;

    public Task Done => _done.Task;

    public void Count()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _done.SetResult();
    }

    public void Fail(Exception failure) => _done.TrySetException(failure);
}
