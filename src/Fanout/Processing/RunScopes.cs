using System.Collections.Concurrent;
using Fanout.Handlers;
using Fanout.Planning;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Specs;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fanout.Processing;

/// <summary>The runs that this process works, each made when it is first asked for.</summary>
/// <param name="environment">What they are made from.</param>
/// <param name="forWorker">True: this process takes batches from a queue and drives nothing. Default: it drives the runs.</param>
public sealed class RunScopes(RunEnvironment environment, bool forWorker = false) : IAsyncDisposable
{
    internal RunEnvironment Environment => environment;

    private readonly ConcurrentDictionary<string, Lazy<Task<Watched>>> _scopes = new(StringComparer.Ordinal);
    private readonly Lazy<ItemSampling> _itemSampling = new(() => ReadItemSampling(environment));

    /// <summary>The run's scope, made if need be.</summary>
    /// <exception cref="RunException">There is no such run, or its handler cannot be made.</exception>
    /// <exception cref="SpecException">Its spec names a handler or reducer this process does not have.</exception>
    public async Task<RunScope> GetAsync(string runId)
    {
        var lazy = _scopes.GetOrAdd(runId, id => new Lazy<Task<Watched>>(() => MakeAsync(id)));
        try
        {
            return (await lazy.Value.ConfigureAwait(false)).Scope;
        }
        catch
        {
            _scopes.TryRemove(new(runId, lazy));
            throw;
        }
    }

    /// <summary>The run's scope, if this process works the run; null: it does not.</summary>
    public RunScope? Find(string runId) =>
        _scopes.TryGetValue(runId, out var lazy) && lazy is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
            ? lazy.Value.Result.Scope
            : null;

    /// <summary>Where in a trace an orchestration of a run belongs; default: nobody listens, or this process does not drive the run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="instanceId">The orchestration: the run's, or that of one of its branches.</param>
    public System.Diagnostics.ActivityContext PlaceOf(string runId, string instanceId)
    {
        ArgumentNullException.ThrowIfNull(instanceId);
        if (Find(runId) is not { Trace: { IsDriver: true } trace })
            return default;
        return instanceId.StartsWith($"{runId}:", StringComparison.Ordinal) ? trace.PlaceOf(instanceId[(runId.Length + 1)..]) : trace.Run;
    }

    /// <summary>Disposes the run's scope: this process works it no longer.</summary>
    public async Task CloseAsync(string runId)
    {
        if (!_scopes.TryRemove(runId, out var lazy))
            return;
        var watched = await lazy.Value.ConfigureAwait(false);
        await watched.Watch.DisposeAsync().ConfigureAwait(false);
        await watched.Scope.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes what is open of runs that have ended, wherever that was.</summary>
    public async Task CloseEndedAsync()
    {
        foreach (var runId in _scopes.Keys)
        {
            if (Find(runId) is { HasEnded: true })
                await CloseAsync(runId).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var runId in _scopes.Keys)
            await CloseAsync(runId).ConfigureAwait(false);
    }

    private async Task<Watched> MakeAsync(string runId)
    {
        var record = await environment.Catalog.GetAsync(runId, CancellationToken.None).ConfigureAwait(false)
            ?? throw new RunException(runId, $"There is no run '{runId}'.");
        var spec = SpecReader.Read(record.SpecJson, environment.Registry);
        var history = await ReadHistoryAsync(record, spec).ConfigureAwait(false);
        var scope = new RunScope(spec, MakeServices(spec, record.TraceParent), history);
        scope.Join(environment.LimitShares);
        scope.Apply(record.Control);
        await environment.Catalog.SetStartedAsync(runId, environment.Time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        return new Watched(scope, forWorker
            ? new LaneWatch(scope, environment.Catalog, environment.Time)
            : new RunWatch(scope, environment.Catalog, control => environment.SignalAsync(runId, control), environment.Time));
    }

    private async Task<RunHistory> ReadHistoryAsync(RunRecord record, RunSpec spec)
    {
        // Of a run that many work at once, the record tells what all have done.
        var isShared = spec.Batch.Dispatch == BatchDispatch.Queue || !environment.LanesShareProcess;
        if (record.StartedAt is null || (isShared && forWorker))
            return RunHistory.None;
        var plan = await PlanDocument.ReadAsync(environment.Results, record.Id, CancellationToken.None).ConfigureAwait(false);
        if (isShared)
            return RunHistory.None with { Total = plan?.Total };
        var branches = await BranchManifest.ReadAllAsync(environment.Results, record.Id, CancellationToken.None).ConfigureAwait(false);
        var checkpoints = await BatchCheckpoint.ReadAllAsync(environment.Results, record.Id, branches, CancellationToken.None).ConfigureAwait(false);
        var settled = branches.Select(branch => branch.Tally).Concat(checkpoints.Select(checkpoint => checkpoint.Tally))
            .Aggregate(default(Counts), (sum, tally) => sum + Counts.Of(tally));
        return new RunHistory(true, settled, plan?.Total) { Retries = FindRetries(checkpoints, environment.Time.GetUtcNow()) };
    }

    // What an earlier checkpoint says of an item that a later one has too is due by now.
    private static (int Count, DateTimeOffset Due) FindRetries(IReadOnlyList<BatchCheckpoint> checkpoints, DateTimeOffset now)
    {
        var waiting = checkpoints.SelectMany(checkpoint => checkpoint.Unsettled).Where(item => item.NotBefore > now).DistinctBy(item => item.Index).ToList();
        return waiting.Count == 0 ? default : (waiting.Count, waiting.Min(item => item.NotBefore!.Value));
    }

    private RunScopeServices MakeServices(RunSpec spec, string? traceParent) => new()
    {
        Handler = MakeHandler(spec),
        Reduction = spec.Results.Reduce is { } name ? environment.Registry.Reductions[name] : null,
        Source = KeyedSource.Of(spec, environment.CreateSource(spec.Source)),
        Workspace = environment.OpenWorkspace(spec.Id!),
        Results = environment.Results,
        Time = environment.Time,
        Logger = environment.LoggerFactory.CreateLogger(RunLogs.Category),
        Jitter = environment.NextRandom,
        NewExecutionId = environment.NewExecutionId,
        LanesShareProcess = environment.LanesShareProcess,
        TraceParent = traceParent,
        Drives = !forWorker,
        ItemSampling = _itemSampling.Value,
        PersistStop = (reason, message) => environment.Catalog.UpdateControlAsync(
            spec.Id!, control => control.Stop is null ? control with { Stop = reason, Message = message } : control, CancellationToken.None),
    };

    // What is set wrongly for telemetry is told, and fails no run.
    private static ItemSampling ReadItemSampling(RunEnvironment environment)
    {
        try
        {
            return ItemSampling.Parse(environment.Variable(ItemSampling.Variable), environment.Time);
        }
        catch (FormatException wrong)
        {
            environment.LoggerFactory.CreateLogger<RunScopes>().SamplingUnreadable(ItemSampling.Variable, ItemSampling.Default, wrong.Message);
            return ItemSampling.Parse(ItemSampling.Default, environment.Time);
        }
    }

    private ItemHandler MakeHandler(RunSpec spec)
    {
        try
        {
            return environment.Registry.Handlers[spec.Handler.Name].Create(environment.Services, spec.Handler.Options);
        }
#pragma warning disable CA1031 // Making a handler runs the user's code: whatever it throws is said of the handler.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw new RunException(spec.Id!, $"The handler '{spec.Handler.Name}' could not be made: {failure.Message}");
        }
    }

    private sealed record Watched(RunScope Scope, IAsyncDisposable Watch);
}
