using Fanout.Dispatch;
using Fanout.Embedded;
using Fanout.Flow;
using Fanout.Results;
using Fanout.Runs;

namespace Fanout.Simulation.Runs;

/// <summary>
/// Whole runs over shared storage, in production code: processes that drive, workers that take batches from a queue, limits, and an operator who pauses,
/// retunes and cancels; they die, are stopped, are told that storage failed, and are replaced, until every run has ended. The seed decides what is run
/// and what goes wrong, and where there is one thread only (<see cref="Program"/>) everything else too.
/// </summary>
internal sealed class RunSimulation
{
    /// <summary>Units in flight of the limit that runs share.</summary>
    public const int Limit = 3;

    // Longer than a lost message is given up for.
    private static readonly TimeSpan MostTime = TimeSpan.FromHours(1);

    private readonly Random _random;
    private readonly VirtualTime _time = new();
    private readonly EventTrace? _trace;
    private readonly Faults _faults;
    private readonly SharedStorage _storage;
    private readonly EmbeddedFanout _operator;
    private readonly List<RunPlanned> _runs = [];
    private readonly RunHistoryBook _book = new();
    private readonly List<string> _problems = [];
    private readonly TimeProvider _clock;
    private int _lastProcess;

    private RunSimulation(int seed, bool trace)
    {
        _random = new Random(seed);
        _trace = trace ? new EventTrace(_time) : null;
        _faults = new Faults(seed, _time, _trace);
        for (var number = _random.Next(1, 3); number > 0; number--)
            _runs.Add(RunPlanned.Draw(_random, number));
        _storage = new SharedStorage(_time, _faults, _runs);
        _operator = _storage.OpenOperator();
        _clock = _time.For(new SimulatedProcess(0));
    }

    /// <summary>Runs a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="trace">True: what happened is told too.</param>
    public static RunSimulationEnd Run(int seed, bool trace)
    {
        var simulation = new RunSimulation(seed, trace);
        simulation.Run();
        return new RunSimulationEnd(string.Join(Environment.NewLine, simulation._runs), simulation._problems, simulation._faults.At.Count, simulation._trace?.ToString());
    }

    private void Run()
    {
        var work = Task.Run(RunAsync);
        using var pump = new TimePump(_time, _time.Now + MostTime, work);
        pump.Run();
        if (pump.Stalled)
            _problems.Add($"It has not ended at {_time.Now:T} of virtual time.");
        if (work.Exception is { } failure)
            _problems.Add(failure.ToString());
    }

    private async Task RunAsync()
    {
        await _operator.Limits.SetAsync(new LimitSpec("shared", Limit, null, 1), CancellationToken.None);
        foreach (var run in _runs)
            await _operator.Client.StartAsync(run.ToSpec(_operator.Registry), CancellationToken.None);
        using var end = new CancellationTokenSource();
        var lives = Enumerable.Range(0, 2).Select(_ => SuperviseAsync(DriveAsync, end.Token)).ToList();
        if (_runs.Exists(run => run.ByQueue))
            lives.AddRange(Enumerable.Range(0, 2).Select(_ => SuperviseAsync(WorkAsync, end.Token)));
        var operating = _runs.Select(OperateAsync).ToList();
        foreach (var run in _runs)
            await _operator.WaitAsync(run.Id, CancellationToken.None);
        _faults.AreOver = true;
        await Task.WhenAll(operating);
        await end.CancelAsync();
        await Task.WhenAll(lives);
        await CheckAsync();
        await _operator.DisposeAsync();
    }

    /// <summary>Replaces a process whenever it has ended.</summary>
    private async Task SuperviseAsync(Func<SimulatedProcess, CancellationToken, Task> live, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            // Clocks of machines that share storage must agree within two seconds.
            var process = new SimulatedProcess(Interlocked.Increment(ref _lastProcess)) { ClockError = TimeSpan.FromMilliseconds(_faults.Next(1_600) - 800) };
            var isStopped = _faults.Next(3) == 0 && !_faults.AreOver;
            using var own = new CancellationTokenSource(isStopped ? TimeSpan.FromMilliseconds(_faults.Next(15_000)) : Timeout.InfiniteTimeSpan, _clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(end, own.Token);
            await Task.WhenAny(live(process, stop.Token), WhenDeadAsync(process));
            if (stop.IsCancellationRequested && !end.IsCancellationRequested)
                _book.NoteStop(_time.Now);
            _faults.Note(process, "is gone");
            process.Die(_time.Now);
            await Task.Delay(TimeSpan.FromMilliseconds(_faults.Next(3_000)), _clock, CancellationToken.None);
        }
    }

    private async Task WhenDeadAsync(SimulatedProcess process)
    {
        while (!process.IsDead)
            await Task.Delay(TimeSpan.FromMilliseconds(100), _clock);
    }

    private async Task DriveAsync(SimulatedProcess process, CancellationToken stop)
    {
        var home = _storage.OpenHome(process);
        var options = new RunFleetOptions { LookEvery = TimeSpan.FromSeconds(1), ShortestSetback = TimeSpan.FromMilliseconds(500), LongestSetback = TimeSpan.FromSeconds(2) };
        var fleet = new RunFleet(home.Client, home.Driver, options, _time.For(process)).RunAsync(stop, CancellationToken.None);
        // An engine whose store failed has ended; its process would too.
        var first = await Task.WhenAny(fleet, home.Engine.Completion, WhenDeadAsync(process));
        if (first == fleet && !process.IsDead)
        {
            await fleet;
            await Task.WhenAny(home.DisposeAsync().AsTask(), WhenDeadAsync(process), Task.Delay(TimeSpan.FromSeconds(30), _clock, CancellationToken.None));
        }
        else
        {
            _book.NoteStop(_time.Now);
        }

        process.Die(_time.Now);
        Retire(home.Engine.Owner);
        Retire(home.Environment.LimitShares.Owner);
    }

    private async Task WorkAsync(SimulatedProcess process, CancellationToken stop)
    {
        var environment = _storage.OpenWorker(process);
        var options = new BatchWorkerOptions
        {
            Loops = 4,
            Visibility = TimeSpan.FromSeconds(6),
            Grace = TimeSpan.FromSeconds(2),
            IdleAtMost = TimeSpan.FromSeconds(1),
            KeepRunsFor = TimeSpan.FromSeconds(5),
            // Deaths here are the machine's; no item is to blame.
            MaxDeliveries = 1_000,
        };
        var worker = new BatchWorker(environment, options);
        var working = worker.RunAsync(stop);
        if (await Task.WhenAny(working, WhenDeadAsync(process)) == working && !process.IsDead)
            await Task.WhenAny(StopAsync(), WhenDeadAsync(process), Task.Delay(TimeSpan.FromSeconds(30), _clock, CancellationToken.None));
        process.Die(_time.Now);
        Retire(environment.LimitShares.Owner);

        async Task StopAsync()
        {
            await working;
            await worker.DisposeAsync();
            await environment.LimitShares.DisposeAsync();
        }
    }

    // A supervisor of the same machine sees at once that a process is gone; one elsewhere has to wait for the lease.
    private void Retire(string owner)
    {
        if (_faults.Next(2) == 0)
            ProcessOwner.Retire(owner);
    }

    private async Task OperateAsync(RunPlanned run)
    {
        var steps = new Random(_random.Next());
        for (var step = steps.Next(3); step > 0; step--)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(steps.Next(6_000)), _clock);
            try
            {
                switch (steps.Next(5))
                {
                    case 0:
                        await _operator.Client.CancelAsync(run.Id, CancellationToken.None);
                        _book.NoteCancel(run, _time.Now);
                        return;
                    case 1:
                        await _operator.Client.PauseAsync(run.Id, CancellationToken.None);
                        await Task.Delay(TimeSpan.FromMilliseconds(steps.Next(4_000)), _clock);
                        await _operator.Client.ResumeAsync(run.Id, CancellationToken.None);
                        break;
                    default:
                        var concurrency = steps.Next(1, 9);
                        _book.NoteConcurrency(run, concurrency);
                        await _operator.Client.RetuneAsync(run.Id, new Retune(concurrency, null, null, null, null), CancellationToken.None);
                        break;
                }
            }
            catch (RunException)
            {
                // It has ended.
                return;
            }
        }
    }

    private async Task CheckAsync()
    {
        _problems.AddRange(_storage.Audit.Violations);
        var handled = _storage.Log.All;
        foreach (var run in _runs)
        {
            var record = await _operator.Client.GetAsync(run.Id, CancellationToken.None);
            var lines = new List<ResultLine>();
            var reader = new ResultReader(_operator.Environment.Results);
            await foreach (var line in reader.ReadAsync(run.Id, await reader.FindPartsAsync(record, CancellationToken.None), new ResultQuery()))
                lines.Add(line);
            var history = await _storage.Store.GetHistoryAsync(run.Id);
            var invariants = new RunInvariants(run, [.. handled.Where(handling => handling.Run == run)], _book, _faults.At);
            _problems.AddRange(invariants.Check(record.Report!, lines, history.Count));
        }

        _problems.AddRange(Overlaps.Check("the limit", handled.Where(handling => handling.Run is { UnderLimit: true }), _ => Limit, handling => Math.Min(handling.Run.CostOf(handling.Index), Limit)));
    }
}
