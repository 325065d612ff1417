namespace Fanout.Processing;

/// <summary>The timer that brings a worker when something that waits for its time may start.</summary>
internal sealed partial class Batch
{
    private ITimer? _retryTimer;
    private DateTimeOffset? _wakesAt;
    private bool _wakesAtOther;

    // The feed may keep another clock than the one that says how long to wait: what is due by one and not by the other is asked for again.
    private void PlanRetryLocked()
    {
        if (_feed.NextDue is not { } due || due == DateTimeOffset.MinValue || due == _wakesAt)
            return;
        if (due <= _scope.Time.GetUtcNow() && _feed.CountStartable() > 0)
            return;
        _wakesAt = due;
        _wakesAtOther = true;
    }

    // Not under the lock: a clock may call any timer's owner from here, who may want the run's lock, as whoever looks at the run's batches has it.
    // Of two that set it at once the one that is late finds that it set it to what does not count any more.
    private void SetRetryTimer()
    {
        if (!Volatile.Read(ref _wakesAtOther))
            return;
        while (true)
        {
            DateTimeOffset due;
            lock (_lock)
            {
                _wakesAtOther = false;
                if (_closing || _wakesAt is not { } next)
                    return;
                due = next;
                _retryTimer ??= _scope.Time.CreateTimer(
                    static batch => ((Batch)batch!).OnRetryDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            var wait = due - _scope.Time.GetUtcNow();
            _retryTimer.Change(wait < TimerGrain ? TimerGrain : wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
            lock (_lock)
            {
                if (_wakesAt == due)
                    return;
            }
        }
    }

    private void OnRetryDue()
    {
        lock (_lock)
            _wakesAt = null;
        WantSlots();
    }
}
