namespace Fanout.Orchestration;

/// <summary>
/// Timers of an orchestration for waits whose ends may be put off: those that end within five seconds of each other share one, which costs its storage
/// operations and its events once.
/// </summary>
/// <param name="context">The orchestration.</param>
/// <param name="made">Told of each timer that is set.</param>
internal sealed class SharedTimers(IOrchestrationContext context, Action made)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private readonly Dictionary<DateTime, Shared> _timers = [];

    /// <summary>Waits until one of the tasks ends, or a time has come: up to five seconds later, or, as durable timers may, a little early.</summary>
    public async Task WaitAsync(DateTime until, params IEnumerable<Task> tasks)
    {
        var due = new DateTime((until.Ticks + Within.Ticks - 1) / Within.Ticks * Within.Ticks, until.Kind);
        // One that fired early is still known while others have not seen it yet.
        if (!_timers.TryGetValue(due, out var timer) || timer.Fires.IsCompleted)
            _timers[due] = timer = Set(due);
        timer.Waiting++;
        await Task.WhenAny([.. tasks, timer.Fires]);
        timer.Waiting--;
        if (timer.Waiting > 0)
            return;
        if (_timers.GetValueOrDefault(due) == timer)
            _timers.Remove(due);
        if (!timer.Fires.IsCompleted)
            timer.Cancel.Cancel();
        timer.Cancel.Dispose();
    }

    private Shared Set(DateTime due)
    {
        made();
        var cancel = new CancellationTokenSource();
        return new Shared(context.CreateTimer(due, cancel.Token), cancel);
    }

    private sealed class Shared(Task fires, CancellationTokenSource cancel)
    {
        public Task Fires { get; } = fires;

        public CancellationTokenSource Cancel { get; } = cancel;

        public int Waiting { get; set; }
    }
}
