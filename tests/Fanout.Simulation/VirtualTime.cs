namespace Fanout.Simulation;

/// <summary>Time that stands still while anything can run, and then jumps to the next timer.</summary>
internal sealed class VirtualTime
{
    private readonly SortedSet<VirtualTimer> _due = new(Comparer<VirtualTimer>.Create(
        (a, b) => a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Order.CompareTo(b.Order)));

    private readonly Lock _lock = new();
    private long _now = new DateTime(2026, 1, 1).Ticks;
    private long _lastOrder;

    public DateTimeOffset Now => new(Interlocked.Read(ref _now), TimeSpan.Zero);

    /// <summary>The clock of one process: it stops for good when the process dies.</summary>
    public TimeProvider For(SimulatedProcess process) => new ProcessClock(this, process);

    /// <summary>Jumps to the next timer and fires it. False: there is none.</summary>
    public bool FireNext()
    {
        if (TakeNext(DateTimeOffset.MaxValue) is not { } next)
            return false;
        next.Fire();
        return true;
    }

    /// <summary>Goes on by so much, firing what is due by then: what runs without an end takes time too.</summary>
    public void Advance(TimeSpan by)
    {
        var until = Now + by;
        while (TakeNext(until) is { } next)
            next.Fire();
        lock (_lock)
            Interlocked.Exchange(ref _now, Math.Max(Now.Ticks, until.Ticks));
    }

    private VirtualTimer? TakeNext(DateTimeOffset until)
    {
        lock (_lock)
        {
            while (_due.Min is { } next && next.DueAt <= until)
            {
                _due.Remove(next);
                if (next.Process.IsDead)
                    continue;
                if (next.DueAt > Now)
                    Interlocked.Exchange(ref _now, next.DueAt.Ticks);
                return next;
            }

            return null;
        }
    }

    private void Set(VirtualTimer timer, TimeSpan dueTime)
    {
        lock (_lock)
        {
            _due.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;
            timer.DueAt = Now + dueTime;
            timer.Order = ++_lastOrder;
            _due.Add(timer);
        }
    }

    private sealed class ProcessClock(VirtualTime time, SimulatedProcess process) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.Now + process.ClockError;

        public override long GetTimestamp() => time.Now.UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new VirtualTimer(time, process, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class VirtualTimer(VirtualTime time, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _disposed;

        public SimulatedProcess Process { get; } = process;

        public DateTimeOffset DueAt { get; set; }

        public long Order { get; set; }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
                time.Set(this, _period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_disposed)
                return false;
            _period = period;
            time.Set(this, dueTime);
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            time.Set(this, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
