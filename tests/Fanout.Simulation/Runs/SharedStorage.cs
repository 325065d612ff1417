using Fanout.Embedded;
using Fanout.Embedded.Catalog;
using Fanout.Embedded.Limits;
using Fanout.Embedded.Stores;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Simulation.Runs;

/// <summary>What outlives every process of a simulation, and how each gets at it.</summary>
internal sealed class SharedStorage
{
    private readonly InMemoryStore _store = new();
    private readonly SharedWorkspaces _workspaces = new();
    private readonly SharedResults _results = new();
    private readonly InMemoryRunCatalog _catalog;
    private readonly InMemoryLimitStore _limits = new();
    private readonly VirtualTime _time;
    private readonly Faults _faults;
    private readonly SharedQueue _queue;
    private readonly Dictionary<string, RunPlanned> _runs;

    public SharedStorage(VirtualTime time, Faults faults, IEnumerable<RunPlanned> runs)
    {
        (_time, _faults) = (time, faults);
        _catalog = new InMemoryRunCatalog(_store, time.For(new SimulatedProcess(0)));
        _queue = new SharedQueue(time, faults);
        Log = new HandlerLog(time, faults);
        _runs = runs.ToDictionary(run => run.Id, StringComparer.Ordinal);
    }

    public CommitAudit Audit { get; } = new();

    public HandlerLog Log { get; }

    public IEngineStore Store => _store;

    /// <summary>A process that drives runs.</summary>
    public EmbeddedFanout OpenHome(SimulatedProcess process) => Open(process, _faults, isOperator: false);

    /// <summary>A process that asks, starts and looks, and that nothing goes wrong for.</summary>
    public EmbeddedFanout OpenOperator() => Open(new SimulatedProcess(0), new Faults(0, _time, null) { AreOver = true }, isOperator: true);

    /// <summary>What a process that works batches from the queue has.</summary>
    public RunEnvironment OpenWorker(SimulatedProcess process)
    {
        var clock = _time.For(process);
        var services = Services(process, clock);
        var queue = _queue.For(process, clock);
        return HomeEnvironment.Create(
            new HomeStorage
            {
                Catalog = new SimulatedCatalog(_catalog, process, clock, _faults),
                Limits = new SimulatedLimits(_limits, process, clock, _faults),
                Results = _results.For(process, clock, _faults),
                OpenWorkspace = _workspaces.Open,
                DeleteWorkspace = (_, _) => ValueTask.CompletedTask,
                IsDead = ProcessOwner.IsDead,
                Queue = queue,
                Completions = queue,
                Random = new Random(_faults.Next(int.MaxValue)),
            },
            ProcessOwner.Create(), services.GetRequiredService<FanoutRegistry>(), services, clock);
    }

    private EmbeddedFanout Open(SimulatedProcess process, Faults faults, bool isOperator)
    {
        var clock = _time.For(process);
        var queue = _queue.For(process, clock);
        var storage = EmbeddedStorage.Of(
            new SimulatedStore(_store, new FaultyCalls(process, clock, faults), Audit),
            new SimulatedCatalog(_catalog, process, clock, faults),
            new SimulatedLimits(_limits, process, clock, faults));
        var options = new HomeOptions("/nowhere") { LeavesStartsToDriver = true, Grace = TimeSpan.FromSeconds(2) };
        return EmbeddedFanout.Open(options, storage, Services(process, clock), clock, own => own with
        {
            Results = _results.For(process, clock, faults),
            OpenWorkspace = _workspaces.Open,
            DeleteWorkspace = (_, _) => ValueTask.CompletedTask,
            Queue = queue,
            Random = new Random(faults.Next(int.MaxValue)),
            // Whoever takes results must be able to bring them: the operator drives nothing.
            Completions = isOperator ? null : queue,
        });
    }

    private ServiceProvider Services(SimulatedProcess process, TimeProvider clock)
    {
        var services = new ServiceCollection();
        services.AddFanout().AddHandler<System.Text.Json.JsonElement, long>(
            "simulated", (_, context, cancellationToken) => Log.HandleAsync(_runs[context.RunId], context, process, clock, cancellationToken));
        return services.BuildServiceProvider();
    }
}
