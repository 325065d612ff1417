namespace Fanout.Processing;

/// <summary>
/// How long something was waited for, in all. A look at regular moments would not tell: timers fire together, so that whoever looks by one sees those that wait by another
/// just woken. Thread-safe.
/// </summary>
internal sealed class WaitClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TimeSpan _total;
    private long _since;
    private int _waiting;

    /// <summary>True: somebody waits now.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
                return _waiting > 0;
        }
    }

    /// <summary>Time in which at least one waited.</summary>
    public TimeSpan Total
    {
        get
        {
            lock (_lock)
                return _waiting > 0 ? _total + time.GetElapsedTime(_since) : _total;
        }
    }

    /// <summary>One begins to wait.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_waiting++ == 0)
                _since = time.GetTimestamp();
        }
    }

    /// <summary>One has waited.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (--_waiting == 0)
                _total += time.GetElapsedTime(_since);
        }
    }
}
