using System.Globalization;
using Fanout.Embedded;
using Fanout.Embedded.Driving;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Fanout.Runs;

namespace Fanout.Simulation;

/// <summary>
/// One simulation: two processes at a time run production engines over one store and contend for the roots; they die, stall, and are
/// replaced, until every root has ended. Everything is decided by the seed.
/// </summary>
internal sealed class Simulation
{
    private const int Processes = 2;
    private const int Events = 21;
    private const string Collector = "collector";

    private readonly Random _random;
    private readonly SimulationScheduler _scheduler;
    private readonly VirtualTime _time = new();
    private readonly InMemoryStore _store = new();
    private readonly CommitAudit _audit = new();
    private readonly Chaos _chaos;
    private readonly Dictionary<string, (string Orchestrator, object Input, long Expected)> _roots = new(StringComparer.Ordinal);
    private readonly List<string> _owners = [];
    private readonly List<string> _errors = [];
    private int _lastProcess;

    private Simulation(int seed)
    {
        _random = new Random(seed);
        _scheduler = new SimulationScheduler(_random);
        _chaos = new Chaos(_random);
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var work = Workload.Generate(_random, _random.Next(1, 5));
            _roots.Add($"root{i}", ("work", work, WorkloadModel.Evaluate(work)));
        }

        var expected = Enumerable.Range(0, Events).Aggregate(0L, (sum, i) => WorkloadModel.Mix(sum, i));
        _roots.Add(Collector, ("collect", new WorkloadOrchestrators.Collect(Events, 0), expected));
    }

    /// <summary>Runs a seed.</summary>
    /// <returns>The trace, and what was wrong; nothing when all is well.</returns>
    public static (string Trace, IReadOnlyList<string> Problems, int RefusedCommits) Run(int seed)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var simulation = new Simulation(seed);
        try
        {
            simulation.Run();
            return (simulation._chaos.Log, simulation.Problems(), simulation._audit.Refused);
        }
        finally
        {
            simulation._owners.ForEach(ProcessOwner.Retire);
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Run()
    {
        for (var i = 0; i < Processes; i++)
            _scheduler.Start(SuperviseAsync);
        _scheduler.Start(RaiseEventsAsync);
        for (var step = 0; step < 2_000_000 && _errors.Count == 0; step++)
        {
            if (_scheduler.RunOne())
                continue;
            if (HaveAllEnded())
                return;
            if (!_time.FireNext())
                _errors.Add("nothing can run any more");
        }

        if (!HaveAllEnded())
            _errors.Add("it did not come to an end");
    }

    private bool HaveAllEnded() => _roots.Keys.All(id => Peek(id) is { IsCompleted: true });

    private OrchestrationMetadata? Peek(string id) => _store.GetAsync(id).Result;

    /// <summary>Replaces a process whenever it dies.</summary>
    private async Task SuperviseAsync()
    {
        var supervisor = _time.For(new SimulatedProcess(0));
        try
        {
            while (true)
            {
                var process = new SimulatedProcess(++_lastProcess);
                _ = _scheduler.Start(() => LiveAsync(process));
                while (!process.IsDead)
                    await Task.Delay(TimeSpan.FromSeconds(1), supervisor);
                await Task.Delay(TimeSpan.FromSeconds(_random.Next(4)), supervisor);
            }
        }
        catch (Exception e)
        {
            _errors.Add(e.ToString());
        }
    }

    private async Task LiveAsync(SimulatedProcess process)
    {
        var (engine, clock) = NewEngine(process);
        try
        {
            while (true)
            {
                foreach (var (id, root) in _roots)
                {
                    if (Peek(id) is null)
                        await engine.ScheduleNewOrchestrationInstanceAsync(root.Orchestrator, root.Input, id);
                    else if (!Peek(id)!.IsCompleted)
                        await engine.TryAttachAsync(id);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), clock);
            }
        }
        catch (StorageException)
        {
            process.Die();
        }
        catch (Exception e)
        {
            _errors.Add(e.ToString());
        }

        // A supervisor of the same machine sees at once that the process is gone; one elsewhere has to wait for the lease.
        if (_random.Next(2) == 0)
            ProcessOwner.Retire(engine.Owner);
    }

    /// <summary>Raises each event once, in order, from processes that do nothing else and may die over it.</summary>
    private async Task RaiseEventsAsync()
    {
        var supervisor = _time.For(new SimulatedProcess(0));
        try
        {
            for (var number = 0; number < Events; number++)
            {
                while (!_audit.WasSent(number))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(400)), supervisor);
                    if (Peek(Collector) is null)
                        continue;
                    var process = new SimulatedProcess(++_lastProcess);
                    var (engine, _) = NewEngine(process);
                    var raised = number;
                    _ = _scheduler.Start(() => RaiseAsync(engine, process, raised));
                    // Long enough for a stalled process, so that two never try the same event.
                    while (!process.IsDead)
                        await Task.Delay(TimeSpan.FromMilliseconds(20), supervisor);
                }
            }
        }
        catch (Exception e)
        {
            _errors.Add(e.ToString());
        }
    }

    private static async Task RaiseAsync(EmbeddedEngine engine, SimulatedProcess process, int number)
    {
        try
        {
            await engine.RaiseEventAsync(Collector, "number", number);
        }
        catch (StorageException)
        {
            // It dies like one that succeeded: whether the event is there is known from outside.
        }

        process.Die();
    }

    private (EmbeddedEngine Engine, TimeProvider Clock) NewEngine(SimulatedProcess process)
    {
        var clock = _time.For(process);
        var store = new SimulatedStore(_store, new ChaoticCalls(process, clock, _chaos), _audit);
        var options = new EmbeddedEngineOptions { Scheduler = _scheduler, MaxLiveOrchestrators = _random.Next(3) == 0 ? 0 : 10_000 };
        var engine = new EmbeddedEngine(store, WorkloadOrchestrators.Register(clock, _random), options, clock, null);
        _owners.Add(engine.Owner);
        return (engine, clock);
    }

    private List<string> Problems()
    {
        List<string> problems = [.. _errors, .. _audit.Violations];
        foreach (var (id, root) in _roots)
        {
            var end = Peek(id);
            var expected = root.Expected.ToString(CultureInfo.InvariantCulture);
            if (end?.SerializedOutput != expected)
                problems.Add($"{id} is {end?.Status} with {end?.SerializedOutput} {end?.Failure}; the model says {expected}");
        }

        return problems;
    }
}
