using Fanout.Embedded.History;

namespace Fanout.Embedded.Execution;

/// <summary>What a history says is under way: activities to run (again, after a crash) and timers to arm.</summary>
/// <param name="Activities">Scheduled, and no result recorded.</param>
/// <param name="Timers">Created, and neither fired nor cancelled.</param>
internal sealed record PendingWork(IReadOnlyList<TaskScheduled> Activities, IReadOnlyList<TimerCreated> Timers)
{
    public static PendingWork Of(IReadOnlyList<HistoryEvent> history)
    {
        var settled = new HashSet<int>();
        foreach (var entry in history)
        {
            if (entry is TaskEvent task)
                settled.Add(task.TaskId);
            else if (entry is TimerCancelled timer)
                settled.Add(timer.TaskId);
        }

        return new PendingWork(
            [.. history.OfType<TaskScheduled>().Where(t => !settled.Contains(t.TaskId))],
            [.. history.OfType<TimerCreated>().Where(t => !settled.Contains(t.TaskId))]);
    }
}
