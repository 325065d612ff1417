using Microsoft.Extensions.Time.Testing;

namespace Fanout.Tests.Processing;

/// <summary>A fake clock that knows its timers: who waits by it can be waited for, and what is never given back is seen.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ITimer, TimeSpan> _timers = [];
    private int _made;

    /// <summary>Timers that were ever made.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>How long those were last set for that are not disposed, the shortest first.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock)
                return [.. _timers.Values.Order()];
        }
    }

    /// <summary>Waits until there are timers for just these, and no others.</summary>
    public Task UntilWaitsAsync(params IEnumerable<TimeSpan> waits) => BatchRig.UntilAsync(() => Waits.SequenceEqual(waits));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, base.CreateTimer(callback, state, dueTime, period));
        Note(timer, dueTime);
        Interlocked.Increment(ref _made);
        return timer;
    }

    private void Note(ITimer timer, TimeSpan dueTime)
    {
        lock (_lock)
            _timers[timer] = dueTime;
    }

    private void Forget(ITimer timer)
    {
        lock (_lock)
            _timers.Remove(timer);
    }

    private sealed class WatchedTimer(WatchedTime time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            if (changed)
                time.Note(this, dueTime);
            return changed;
        }

        public void Dispose()
        {
            timer.Dispose();
            time.Forget(this);
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            time.Forget(this);
        }
    }
}
