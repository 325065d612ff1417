using System.Collections.Concurrent;
using Fanout.Dispatch;
using Fanout.Embedded.Driving;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Specs;
using Microsoft.Extensions.Logging;

namespace Fanout.Embedded;

/// <summary>
/// Fanout on one machine: a home directory with a database of runs and the results beside it, and an engine in this process. Several
/// processes may open one home, each driving its own runs.
/// </summary>
public sealed class EmbeddedFanout : IFanoutHome, IRunDriver
{
    private readonly HomeOptions _options;
    private readonly EmbeddedStorage _storage;
    private readonly RunEnvironment _environment;
    private readonly RunScopes _scopes;
    private readonly RunClient _client;
    private readonly EmbeddedEngine _engine;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _faults = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopPump = new();
    private Task? _pump;

    private EmbeddedFanout(
        HomeOptions options, EmbeddedStorage storage, IServiceProvider services, TimeProvider time, Func<HomeStorage, HomeStorage>? configure)
    {
        _options = options;
        _storage = storage;
        Registry = (FanoutRegistry?)services.GetService(typeof(FanoutRegistry))
            ?? throw new ArgumentException("The services have no FanoutRegistry: call AddFanout() on the service collection.", nameof(services));
        var paths = new HomePaths(options.Path);
        var own = OwnStorage(paths, storage);
        var shared = configure?.Invoke(own) ?? own;
        Requests = shared.Requests;
        var bound = new Lazy<string>(paths.Identify);
        _environment = HomeEnvironment.Create(shared, ProcessOwner.Create(), Registry, services, time) with
        {
            SignalAsync = (runId, control) => _engine!.RaiseEventAsync(runId, ControlSignal.EventName, ControlSignal.Of(control)),
            BindAsync = cancellationToken => BindAsync(shared, bound, cancellationToken),
        };
        _scopes = new RunScopes(_environment);
        var orchestrations = new OrchestrationRegistry();
        new Activities(_scopes, _environment.Catalog, _environment.Results, time, OnStorageFailure, _environment.Queue).AddTo(orchestrations, Registry);
        _engine = new EmbeddedEngine(
            storage, orchestrations, new EmbeddedEngineOptions { Payloads = new ResultPayloads(_environment.Results, time, _stopPump.Token), PlaceOf = _scopes.PlaceOf }, time, _environment.LoggerFactory.CreateLogger<EmbeddedEngine>());
        _client = new RunClient(_environment, _engine, _scopes, shared.DeleteWorkspace) { LeavesToDriver = options.LeavesStartsToDriver };
        Limits = new LimitClient(_environment.Limits, _environment.Catalog, time);
        if (shared.BindAsync is null)
            StartPump();
    }

    /// <inheritdoc/>
    public IRunClient Client => _client;

    /// <inheritdoc/>
    public ILimitClient Limits { get; }

    /// <inheritdoc/>
    public IRequestQueue? Requests { get; }

    /// <inheritdoc/>
    public IRunDriver Driver => this;

    /// <inheritdoc/>
    public FanoutRegistry Registry { get; }

    /// <summary>What this process offers its runs: what a worker beside it is made from.</summary>
    public RunEnvironment Environment => _environment;

    internal EmbeddedEngine Engine => _engine;

    /// <summary>Opens a home, creating it when it is missing.</summary>
    /// <param name="options">Which one.</param>
    /// <param name="services">Where <c>AddFanout()</c> registered handlers, and what they are made from.</param>
    /// <param name="timeProvider">The clock; null: the system's.</param>
    /// <param name="configure">Replaces where the home keeps its runs, the engine's database apart; null: beside that, in the home's directory.</param>
    /// <exception cref="StorageException">The home cannot be used: it is read-only, full, damaged, or of a newer version.</exception>
    public static Task<EmbeddedFanout> OpenAsync(
        HomeOptions options, IServiceProvider services, TimeProvider? timeProvider = null, Func<HomeStorage, HomeStorage>? configure = null)
    {
        var storage = EmbeddedStorage.Open(options.Path);
        return Task.FromResult(new EmbeddedFanout(options, storage, services, timeProvider ?? TimeProvider.System, configure));
    }

    /// <summary>A home over a storage that is open, which it closes.</summary>
    internal static EmbeddedFanout Open(
        HomeOptions options, EmbeddedStorage storage, IServiceProvider services, TimeProvider timeProvider, Func<HomeStorage, HomeStorage> configure) =>
        new(options, storage, services, timeProvider, configure);

    /// <inheritdoc/>
    public async Task<RunReport?> DriveAsync(string runId, CancellationToken stop, CancellationToken abort)
    {
        var record = await Client.GetAsync(runId, CancellationToken.None).ConfigureAwait(false);
        if (record.IsOver)
            return record.Report;
        // Of a run that only waits to be announced neither source nor handler is needed any more.
        var hasEnded = record.Report is not null;
        if (!hasEnded)
        {
            await VerifySourceAsync(record).ConfigureAwait(false);
            // A process that died between adding the run and scheduling it left the latter undone.
            await _client.EnsureScheduledAsync(SpecReader.Read(record.SpecJson, Registry), CancellationToken.None).ConfigureAwait(false);
        }

        var fault = _faults.GetOrAdd(runId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await AttachAsync(runId).ConfigureAwait(false);
            if (!hasEnded)
                await OpenScopeAsync(runId).ConfigureAwait(false);
            await DriveToEndAsync(runId, fault.Task, stop, abort).ConfigureAwait(false);
            record = await Client.GetAsync(runId, CancellationToken.None).ConfigureAwait(false);
            return record.IsOver ? record.Report : await CloseFailedAsync(record).ConfigureAwait(false);
        }
        finally
        {
            await LeaveAsync(runId).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public RunProgress? Observe(string runId) => _scopes.Find(runId)?.Observe();

    /// <inheritdoc/>
    public async Task<RunReport> WaitAsync(string runId, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), _environment.Time);
        while (true)
        {
            var record = await Client.GetAsync(runId, cancellationToken).ConfigureAwait(false);
            if (record.Report is { } report)
                return report;
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopPump.CancelAsync().ConfigureAwait(false);
        if (Volatile.Read(ref _pump) is { } pump)
            await pump.ConfigureAwait(false);
        _stopPump.Dispose();
        await _engine.DisposeAsync().ConfigureAwait(false);
        await _scopes.DisposeAsync().ConfigureAwait(false);
        await _environment.LimitShares.DisposeAsync().ConfigureAwait(false);
        ProcessOwner.Retire(_environment.LimitShares.Owner);
        await _storage.DisposeAsync().ConfigureAwait(false);
    }

    private async Task BindAsync(HomeStorage shared, Lazy<string> home, CancellationToken cancellationToken)
    {
        if (shared.BindAsync is null)
            return;
        await shared.BindAsync(home.Value, cancellationToken).ConfigureAwait(false);
        StartPump();
    }

    // Only where the branches are: results that any other home took would be lost to them.
    private void StartPump()
    {
        if (_environment.Completions is not { } completions)
            return;
        lock (_stopPump)
        {
            _pump ??= new CompletionPump(
                completions, _engine, _environment.Time, _environment.NextRandom, _environment.LoggerFactory.CreateLogger<CompletionPump>()).RunAsync(_stopPump.Token);
        }
    }

    private static HomeStorage OwnStorage(HomePaths paths, EmbeddedStorage storage) => new()
    {
        Catalog = storage.Catalog,
        Limits = storage.Limits,
        Results = new FileResultStore(paths.Results),
        OpenWorkspace = runId => new DirectoryWorkspace(paths.Workspace(runId)),
        DeleteWorkspace = paths.DeleteWorkspaceAsync,
        FindOwner = storage.FindOwnerAsync,
        IsDead = ProcessOwner.IsDead,
        LivingKeepSharesFor = TimeSpan.FromMinutes(1),
    };

    private async Task AttachAsync(string runId)
    {
        var attached = await _engine.TryAttachAsync(runId).ConfigureAwait(false);
        if (attached.Status == AttachStatus.HeldElsewhere)
            throw new RunException(runId, $"Run '{runId}' is being driven by {attached.HeldBy}. Watch it with 'status', or stop that process first.");
    }

    // A paused run has no activity that would open its scope, yet somebody must watch its control. A handler that cannot be made is for the
    // activities to tell: they end the run with a report.
    private async Task OpenScopeAsync(string runId)
    {
        try
        {
            await _scopes.GetAsync(runId).ConfigureAwait(false);
        }
        catch (RunException)
        {
        }
    }

    private async Task DriveToEndAsync(string runId, Task fault, CancellationToken stop, CancellationToken abort)
    {
        var end = _engine.WaitForDrivingEndAsync(runId, CancellationToken.None);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = stop.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), stopped).ConfigureAwait(false);
        await Task.WhenAny(end, fault, stopped.Task).ConfigureAwait(false);
        if (!end.IsCompleted)
            await LetGoAsync(runId, abort).ConfigureAwait(false);
        if (fault.IsFaulted)
            await fault.ConfigureAwait(false);
        if (await end.ConfigureAwait(false) == DrivingEnd.LeaseLost)
            throw new RunException(runId, $"Another process has taken run '{runId}' over. Watch it with 'status'.");
    }

    // Null: the run has not ended.
    private async Task<RunReport?> CloseFailedAsync(RunRecord record)
    {
        if (await _engine.GetInstanceAsync(record.Id, CancellationToken.None).ConfigureAwait(false) is not { IsCompleted: true } instance)
            return record.Report;
        var progress = record.Report is null ? (await _scopes.GetAsync(record.Id).ConfigureAwait(false)).Observe() : null;
        return await FailedRun.CloseAsync(
            _environment.Catalog, record, progress, instance, _environment.Time.GetUtcNow(), Client.LocateResults(record.Id)).ConfigureAwait(false);
    }

    // Nothing new starts; items in flight get the grace period, or until abort; what they settle is recorded.
    private async Task LetGoAsync(string runId, CancellationToken abort)
    {
        var scope = _scopes.Find(runId);
        await using var aborting = abort.UnsafeRegister(static scope => ((RunScope?)scope)?.AbortHost(), scope).ConfigureAwait(false);
        await using var grace = _environment.Time.CreateTimer(
            static scope => ((RunScope?)scope)?.AbortHost(), scope, _options.Grace, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        var detached = _engine.DetachAsync(runId, _options.Grace + RunScope.AbandonAfter + TimeSpan.FromSeconds(1));
        scope?.StopHost();
        await detached.ConfigureAwait(false);
    }

    private async Task LeaveAsync(string runId)
    {
        _faults.TryRemove(runId, out _);
        try
        {
            await _engine.DetachAsync(runId, TimeSpan.Zero).ConfigureAwait(false);
        }
        finally
        {
            await _scopes.CloseAsync(runId).ConfigureAwait(false);
        }
    }

    private async Task VerifySourceAsync(RunRecord record)
    {
        if (await PlanDocument.ReadAsync(_environment.Results, record.Id, CancellationToken.None).ConfigureAwait(false) is not { } plan)
            return;
        var spec = SpecReader.Read(record.SpecJson, Registry);
        await _environment.CreateSource(spec.Source)
            .VerifyAsync(plan.Source, _environment.OpenWorkspace(record.Id), CancellationToken.None).ConfigureAwait(false);
    }

    private void OnStorageFailure(string runId, StorageException failure) =>
        _faults.GetOrAdd(runId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetException(failure);
}
