using System.Runtime.CompilerServices;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Sources;
using Fanout.Specs;
using Fanout.Telemetry;

namespace Fanout.Runs;

/// <summary>The client over any engine: what is asked goes into the catalog, and an event tells the run's orchestration.</summary>
/// <param name="environment">This process.</param>
/// <param name="engine">The engine that executes the runs.</param>
/// <param name="scopes">The runs this process works: they need not wait to read what this client writes.</param>
/// <param name="deleteWorkspace">Deletes what a run's source derived.</param>
public sealed class RunClient(RunEnvironment environment, IOrchestrationClient engine, RunScopes scopes, Func<string, CancellationToken, ValueTask> deleteWorkspace) : IRunClient
{
    /// <summary>
    /// True: a run that is started is only noted, and goes on once somebody drives it (<see cref="EnsureScheduledAsync"/>). False (the default): the
    /// engine is told at once, and may work it at once.
    /// </summary>
    public bool LeavesToDriver { get; init; }

    private IRunCatalog Catalog => environment.Catalog;

    /// <inheritdoc/>
    public Task<StartedRun> StartAsync(RunSpec spec, CancellationToken cancellationToken) => StartAsync(spec, !LeavesToDriver, cancellationToken);

    /// <summary>As <see cref="StartAsync(RunSpec, CancellationToken)"/>, and the engine knows of the run afterwards, if it has not ended.</summary>
    /// <exception cref="RunException">The id exists with another spec.</exception>
    /// <exception cref="SourceException">The source is missing or unreadable; nothing was started.</exception>
    public Task<StartedRun> EnsureScheduledAsync(RunSpec spec, CancellationToken cancellationToken) => StartAsync(spec, schedules: true, cancellationToken);

    /// <inheritdoc/>
    public async Task<PlanPreview> PreviewAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        await RefuseWhatThisEngineLacksAsync(spec, isNew: true, cancellationToken).ConfigureAwait(false);
        var id = $"preview-{environment.NewExecutionId()}";
        var source = KeyedSource.Of(spec, environment.CreateSource(spec.Source));
        await source.CheckAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var planned = await source.PlanAsync(environment.OpenWorkspace(id), cancellationToken).ConfigureAwait(false);
            return PlanPreviews.Of(spec, Planner.Plan(spec, planned, Environment.ProcessorCount, environment.LanesShareProcess));
        }
        finally
        {
            await deleteWorkspace(id, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<RunRecord> GetAsync(string runId, CancellationToken cancellationToken) =>
        await Catalog.GetAsync(runId, cancellationToken).ConfigureAwait(false)
        ?? throw new RunException(runId, $"There is no run '{runId}' here. 'list' shows the runs there are.") { IsMissing = true };

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken) => Catalog.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task PauseAsync(string runId, CancellationToken cancellationToken) =>
        ChangeAsync(runId, "paused", control => control with { Paused = true }, cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(string runId, CancellationToken cancellationToken) =>
        ChangeAsync(runId, "resumed", control => control with { Paused = false }, cancellationToken);

    /// <inheritdoc/>
    public Task CancelAsync(string runId, CancellationToken cancellationToken) => ChangeAsync(
        runId,
        "cancelled",
        control => control.Stop is null ? control with { Stop = CompletionReason.CancelledByRequest, Message = "Cancelled on request." } : control,
        cancellationToken);

    /// <inheritdoc/>
    public Task RetuneAsync(string runId, Retune change, CancellationToken cancellationToken) => ChangeAsync(
        runId,
        "retuned",
        control => control with
        {
            Concurrency = change.Concurrency ?? control.Concurrency,
            Rate = change.Rate ?? control.Rate,
            Burst = change.Burst ?? (change.Rate is null ? control.Burst : null),
            Tolerate = change.Tolerate ?? control.Tolerate,
            Weight = change.Weight ?? control.Weight,
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task PurgeAsync(string runId, CancellationToken cancellationToken)
    {
        var run = await GetAsync(runId, cancellationToken).ConfigureAwait(false);
        if (run.Report is null)
            throw new RunException(runId, $"Run '{runId}' has not ended. Cancel it first.");
        if (run.AwaitsAnnouncement)
            throw new RunException(runId, $"The end of run '{runId}' is not announced yet. Let that be done first, with 'resume' if nobody drives it.");
        await engine.PurgeInstanceAsync(runId, cancellationToken).ConfigureAwait(false);
        // First what an ended run has as long as it has results: whoever reads them meanwhile finds out by it why a part is gone.
        await environment.Results.DeleteDocumentAsync(runId, Manifest.DocumentName, cancellationToken).ConfigureAwait(false);
        await environment.Results.DeleteRunAsync(runId, cancellationToken).ConfigureAwait(false);
        await deleteWorkspace(runId, cancellationToken).ConfigureAwait(false);
        await Catalog.DeleteAsync(runId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ResultLine> ReadResultsAsync(string runId, ResultQuery query, CancellationToken cancellationToken) =>
        ReadAsync(runId, (reader, parts) => reader.ReadAsync(runId, parts, query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadResultLinesAsync(string runId, ResultQuery query, CancellationToken cancellationToken) =>
        ReadAsync(runId, (reader, parts) => reader.ReadRawAsync(runId, parts, query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<RunTree> ReadTreeAsync(string runId, CancellationToken cancellationToken)
    {
        await GetAsync(runId, cancellationToken).ConfigureAwait(false);
        return await RunTree.ReadAsync(environment.Results, runId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public string LocateResults(string runId) => environment.Results.Locate(runId);

    private async IAsyncEnumerable<T> ReadAsync<T>(
        string runId, Func<ResultReader, IReadOnlyList<PartRef>, IAsyncEnumerable<T>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = await GetAsync(runId, cancellationToken).ConfigureAwait(false);
        var reader = new ResultReader(environment.Results);
        var parts = await reader.FindPartsAsync(run, cancellationToken).ConfigureAwait(false);
        var lines = read(reader, parts).GetAsyncEnumerator(cancellationToken);
        await using var _ = lines.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await lines.MoveNextAsync().ConfigureAwait(false))
                    yield break;
            }
            catch (StorageException)
            {
                await RefuseIfPurgedAsync(run, cancellationToken).ConfigureAwait(false);
                throw;
            }

            yield return lines.Current;
        }
    }

    // A run is purged without regard to those who read its results.
    private async Task RefuseIfPurgedAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var now = await GetAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var isAnother = now.CreatedAt != run.CreatedAt;
        if (isAnother || (now.Report is not null && await Manifest.ReadAsync(environment.Results, run.Id, cancellationToken).ConfigureAwait(false) is null))
            throw ResultReader.Gone(run.Id);
    }

    private async Task<StartedRun> StartAsync(RunSpec spec, bool schedules, CancellationToken cancellationToken)
    {
        var id = spec.Id ?? environment.NewExecutionId();
        spec = spec with { Id = id };
        await environment.BindAsync(cancellationToken).ConfigureAwait(false);
        var known = await Catalog.GetAsync(id, cancellationToken).ConfigureAwait(false);
        // Of a run that has ended nothing is needed any more: its report is asked for.
        if (known?.Report is null)
            await RefuseWhatThisEngineLacksAsync(spec, isNew: known is null, cancellationToken).ConfigureAwait(false);
        var record = new RunRecord
        {
            Id = id,
            SpecJson = SpecWriter.Write(spec),
            CreatedAt = environment.Time.GetUtcNow(),
            TraceParent = TraceParent.OfCaller(),
            Announcement = spec.OnComplete is null ? null : RunAnnouncement.Pending,
        };
        if (known is null)
        {
            await environment.CreateSource(spec.Source).CheckAsync(cancellationToken).ConfigureAwait(false);
            if (await Catalog.TryAddAsync(record, cancellationToken).ConfigureAwait(false))
            {
                if (schedules)
                    await ScheduleAsync(spec, cancellationToken).ConfigureAwait(false);
                return new StartedRun(id, Created: true);
            }
        }

        var existing = await GetAsync(id, cancellationToken).ConfigureAwait(false);
        if (existing.SpecJson != record.SpecJson)
            throw new RunException(id, $"Run '{id}' exists with another spec. Choose another id, or purge that run first.");
        if (existing.Report is null && schedules)
            await ScheduleAsync(spec, cancellationToken).ConfigureAwait(false);
        return new StartedRun(id, Created: false);
    }

    private Task<bool> ScheduleAsync(RunSpec spec, CancellationToken cancellationToken) => engine.ScheduleNewOrchestrationInstanceAsync(
        RunOrchestration.Name,
        new RunInput(spec.Id!, spec.Results.Reduce, spec.Failure.Deadline) { Announce = AnnouncementOrchestration.ChannelsOf(spec.OnComplete) },
        spec.Id!,
        cancellationToken);

    private async Task ChangeAsync(string runId, string verb, Func<RunControl, RunControl> change, CancellationToken cancellationToken)
    {
        var run = await GetAsync(runId, cancellationToken).ConfigureAwait(false);
        var before = run.Control;
        if (await Catalog.UpdateControlAsync(runId, Change, cancellationToken).ConfigureAwait(false) is not { } control)
            throw new RunException(runId, $"Run '{runId}' has ended ({run.Report?.Status}) and cannot be {verb}.");
        scopes.Find(runId)?.Apply(control);
        if (ControlSignal.Of(control).IsNewsAfter(ControlSignal.Of(before)))
            await environment.SignalAsync(runId, control).ConfigureAwait(false);

        RunControl Change(RunControl control) => change(before = control);
    }

    // A limit that does not exist cannot hold, and a queue that is not there takes nothing: better refused than ignored.
    private async Task RefuseWhatThisEngineLacksAsync(RunSpec spec, bool isNew, CancellationToken cancellationToken)
    {
        var errors = new List<SpecError>();
        foreach (var (index, name) in spec.Flow.Limits.Index())
        {
            if (await environment.Limits.GetAsync(name, cancellationToken).ConfigureAwait(false) is null)
                errors.Add(new SpecError($"/flow/limits/{index}", $"\"{name}\"", "names a limit that does not exist here.", $"Define it with: fanout limit set {name} --concurrency N (or --rate R, or both), or leave it out."));
        }

        if (spec.Batch.Dispatch == BatchDispatch.Queue && environment.Queue is null)
            errors.Add(new SpecError("/batch/dispatch", "\"queue\"", "needs a queue, and this home has none.", "Give a storage account with --storage azure:CONNECTION, or use \"activity\"."));
        if (spec.OnComplete?.Queue is { } queue && environment.Announcements is null)
            errors.Add(new SpecError("/onComplete/queue", $"\"{queue}\"", "needs a storage account, and this home has none.", "Give one with --storage azure:CONNECTION, or leave the queue out."));
        // Whoever goes on with a run, to cancel it say, need not know its secret: one that cannot be signed then is reported as not announced.
        if (isNew && spec.OnComplete?.Webhook?.SecretFrom is { } variable && string.IsNullOrEmpty(environment.Variable(variable)))
            errors.Add(new SpecError("/onComplete/webhook/secretFrom", $"\"{variable}\"", "names an environment variable that is not set here.", "Set it where the run is driven, or leave the field out to send the webhook unsigned."));
        if (errors.Count > 0)
            throw new SpecException(errors);
    }
}
