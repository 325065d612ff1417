using Fanout.Embedded.History;

namespace Fanout.Embedded.Driving;

/// <summary>All timers of an engine, on one timer of its clock. A timer never fires before its time by that clock.</summary>
internal sealed class DurableTimers : IAsyncDisposable
{
    // The clock's timers take at most some 49 days; a longer wait is looked at again after a day.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _alarm;
    private readonly SortedSet<Entry> _byTime = [];
    private readonly Dictionary<InstanceDriver, Dictionary<int, Entry>> _byInstance = [];
    private long _lastOrder;

    public DurableTimers(TimeProvider time)
    {
        _time = time;
        _alarm = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Arm(InstanceDriver instance, int execution, TimerCreated timer)
    {
        lock (_gate)
        {
            if (!_byInstance.TryGetValue(instance, out var timers))
                _byInstance.Add(instance, timers = []);
            var entry = new Entry(timer.FireAt, ++_lastOrder, instance, execution, timer.TaskId);
            timers.Add(timer.TaskId, entry);
            _byTime.Add(entry);
            if (_byTime.Min == entry)
                SetAlarmLocked();
        }
    }

    public void Disarm(InstanceDriver instance, int taskId)
    {
        lock (_gate)
        {
            if (_byInstance.TryGetValue(instance, out var timers) && timers.TryGetValue(taskId, out var entry))
                RemoveLocked(entry);
        }
    }

    public void DisarmAll(InstanceDriver instance)
    {
        lock (_gate)
        {
            if (!_byInstance.Remove(instance, out var timers))
                return;
            foreach (var entry in timers.Values)
                _byTime.Remove(entry);
        }
    }

    public ValueTask DisposeAsync() => _alarm.DisposeAsync();

    private void Fire()
    {
        List<Entry> due = [];
        lock (_gate)
        {
            var now = _time.GetUtcNow().UtcDateTime;
            while (_byTime.Min is { } first && first.FireAt <= now)
            {
                RemoveLocked(first);
                due.Add(first);
            }

            SetAlarmLocked();
        }

        foreach (var entry in due)
            entry.Instance.Enqueue(new Mail(null, entry.Execution, new TimerFired(entry.TaskId)));
    }

    private void RemoveLocked(Entry entry)
    {
        _byTime.Remove(entry);
        var timers = _byInstance[entry.Instance];
        timers.Remove(entry.TaskId);
        if (timers.Count == 0)
            _byInstance.Remove(entry.Instance);
    }

    private void SetAlarmLocked()
    {
        if (_byTime.Min is not { } first)
            return;
        var wait = first.FireAt - _time.GetUtcNow().UtcDateTime;
        // Timers count whole milliseconds: rounding up spares waking just before the time.
        var milliseconds = Math.Ceiling(Math.Clamp(wait.TotalMilliseconds, 0, LongestWait.TotalMilliseconds));
        _alarm.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private sealed record Entry(DateTime FireAt, long Order, InstanceDriver Instance, int Execution, int TaskId) : IComparable<Entry>
    {
        public int CompareTo(Entry? other) =>
            other is null ? 1 : FireAt != other.FireAt ? FireAt.CompareTo(other.FireAt) : Order.CompareTo(other.Order);
    }
}
