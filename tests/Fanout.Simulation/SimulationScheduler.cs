namespace Fanout.Simulation;

/// <summary>Runs everything on one thread, and whatever could run next in an order the seed decides.</summary>
internal sealed class SimulationScheduler(Random random) : TaskScheduler
{
    private readonly List<Task> _ready = [];
    private readonly Thread _thread = Thread.CurrentThread;

    /// <summary>Runs one task. False: there is none.</summary>
    public bool RunOne()
    {
        if (_ready.Count == 0)
            return false;
        var chosen = random.Next(_ready.Count);
        var task = _ready[chosen];
        _ready.RemoveAt(chosen);
        TryExecuteTask(task);
        return true;
    }

    public Task Start(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        if (Thread.CurrentThread != _thread)
            throw new InvalidOperationException("Something left the simulation's thread: a replay of the seed would not do the same.");
        _ready.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
