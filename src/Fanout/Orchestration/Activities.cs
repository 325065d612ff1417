using System.Text.Json;
using Fanout.Announcing;
using Fanout.Dispatch;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;
using TraceActivity = System.Diagnostics.Activity;

namespace Fanout.Orchestration;

/// <summary>The activities of a run. Each may be executed more than once and then does no more than one execution would.</summary>
/// <param name="scopes">The runs of this process.</param>
/// <param name="catalog">The list of runs.</param>
/// <param name="results">Where results live.</param>
/// <param name="time">The clock.</param>
/// <param name="onStorageFailure">
/// Told, with the run's id, when storage failed. That is no fault of the run: if it returns, the activity waits to be stopped, to be run
/// again once storage is mended. Null: the activity fails.
/// </param>
/// <param name="queue">Where batches are sent that workers take; null: there is no queue, and no run that needs one.</param>
public sealed class Activities(
    RunScopes scopes,
    IRunCatalog catalog,
    IResultStore results,
    TimeProvider time,
    Action<string, StorageException>? onStorageFailure = null,
    IBatchQueue? queue = null)
{
    internal const string Plan = "plan";
    internal const string PlanPart = "planPart";
    internal const string MergePlan = "mergePlan";
    internal const string Batch = "batch";
    internal const string Enqueue = "enqueue";
    internal const string CloseBranch = "closeBranch";
    internal const string CloseRun = "closeRun";
    internal const string Stop = "stop";
    internal const string Announce = "announce";
    internal const string SettleAnnouncement = "settleAnnouncement";

    /// <summary>Adds Fanout's orchestrators and activities to what an engine runs.</summary>
    public void AddTo(OrchestrationRegistry registry, FanoutRegistry fanout)
    {
        var announcer = new Announcer(scopes.Environment);
        registry.AddOrchestrator<RunInput, RunReport?>(RunOrchestration.Name, (context, input) => RunOrchestration.RunAsync(context, input, fanout));
        registry.AddOrchestrator<BranchInput, BranchResult>(BranchOrchestration.Name, (context, input) => BranchOrchestration.RunAsync(context, input, fanout));
        registry.AddActivity<string, PlanResult>(Plan, (context, runId) => ShieldAsync(runId, context, () => PlanAsync(runId, context.Stopping)));
        registry.AddActivity<PlanPartInput, PlanPartResult>(PlanPart, (context, input) => ShieldAsync(input.RunId, context, () => PlanPartAsync(input, context.Stopping)));
        registry.AddActivity<MergePlanInput, PlanResult>(MergePlan, (context, input) => ShieldAsync(input.RunId, context, () => MergePlanAsync(input, context.Stopping)));
        registry.AddActivity<BatchInput, BatchResult>(Batch, (context, input) => ShieldAsync(input.RunId, context, () => WorkBatchAsync(input, context.Epoch, context.Stopping)));
        registry.AddActivity<BatchInput, bool>(Enqueue, (context, input) => ShieldAsync(input.RunId, context, () => EnqueueAsync(input, context)));
        registry.AddActivity<CloseBranchInput, bool>(CloseBranch, (context, input) => ShieldAsync(input.RunId, context, () => CloseBranchAsync(input)));
        registry.AddActivity<CloseRunInput, RunReport>(CloseRun, (context, input) => ShieldAsync(input.RunId, context, () => CloseRunAsync(input, fanout)));
        registry.AddActivity<StopInput, ControlSignal>(Stop, (context, input) => ShieldAsync(input.RunId, context, () => StopAsync(input)));
        registry.AddActivity<AnnounceInput, AnnounceResult>(Announce, (context, input) => ShieldAsync(input.RunId, context, () => announcer.AnnounceAsync(input, context.Stopping)));
        registry.AddActivity<SettleAnnouncementInput, bool>(SettleAnnouncement, (context, input) => ShieldAsync(input.RunId, context, () => SettleAnnouncementAsync(input)));
    }

    /// <summary>Counts and indexes the source; or only says how it is cut, if that is to be done in parts.</summary>
    public async Task<PlanResult> PlanAsync(string runId, CancellationToken stopping)
    {
        try
        {
            var scope = await scopes.GetAsync(runId).ConfigureAwait(false);
            if (scope.Source is ISplitPlanSource splits && await splits.SplitAsync(scope.Workspace, stopping).ConfigureAwait(false) is { } split)
                return new PlanResult(null, null) { Split = split };
            // A read of a terminal or a pipe that nobody writes to does not obey its token.
            var source = await scope.Source.PlanAsync(scope.Workspace, stopping).AsTask().WaitAsync(stopping).ConfigureAwait(false);
            return await PlanAsync(scope, source).ConfigureAwait(false);
        }
        catch (SourceException failed)
        {
            return new PlanResult(null, failed.Message);
        }
    }

    /// <summary>Counts and indexes a part of the source.</summary>
    public async Task<PlanPartResult> PlanPartAsync(PlanPartInput input, CancellationToken stopping)
    {
        try
        {
            var scope = await scopes.GetAsync(input.RunId).ConfigureAwait(false);
            var part = await Splits(scope).PlanPartAsync(input.Split, input.Part, scope.Workspace, stopping).ConfigureAwait(false);
            return new PlanPartResult(part, null) { Number = input.Part };
        }
        catch (SourceException failed)
        {
            return new PlanPartResult(null, failed.Message);
        }
    }

    /// <summary>Makes the plan of the source's parts.</summary>
    public async Task<PlanResult> MergePlanAsync(MergePlanInput input, CancellationToken stopping)
    {
        try
        {
            var scope = await scopes.GetAsync(input.RunId).ConfigureAwait(false);
            var source = await Splits(scope).MergeAsync(input.Split, input.Parts, scope.Workspace, stopping).ConfigureAwait(false);
            return await PlanAsync(scope, source).ConfigureAwait(false);
        }
        catch (SourceException failed)
        {
            return new PlanResult(null, failed.Message);
        }
    }

    /// <summary>Works a batch, going on from what an earlier execution of it left.</summary>
    public async Task<BatchResult> WorkBatchAsync(BatchInput input, long epoch, CancellationToken stopping)
    {
        var scope = await scopes.GetAsync(input.RunId).ConfigureAwait(false);
        await CatchUpAsync(scope, catalog, input).ConfigureAwait(false);
        return await WorkBatchAsync(scope, input, epoch, stopping).ConfigureAwait(false) with { Key = input.Key };
    }

    // A batch's branch was told sooner: without this, one that was called on a resume would find its run paused here, and be called over and over.
    internal static async Task CatchUpAsync(RunScope scope, IRunCatalog catalog, BatchInput input)
    {
        if (scope.Gate.ControlVersion < input.ControlVersion
            && await catalog.GetControlAsync(input.RunId, CancellationToken.None).ConfigureAwait(false) is { } control)
        {
            scope.Apply(control);
        }
    }

    internal async Task<BatchResult> WorkBatchAsync(RunScope scope, BatchInput input, long epoch, CancellationToken stopping)
    {
        var checkpoint = await BatchCheckpoint.FindAsync(results, input.RunId, input.Key).ConfigureAwait(false);
        return await WorkBatchAsync(scope, input, checkpoint, new BatchExecution(epoch, stopping, CancellationToken.None)).ConfigureAwait(false);
    }

    internal static async Task<BatchResult> WorkBatchAsync(RunScope scope, BatchInput input, BatchCheckpoint? checkpoint, BatchExecution execution)
    {
        if (scope.Total is null)
            scope.SetTotal(input.Source.ItemCount);
        using var told = BatchTelling.Begin(scope, input, execution);
        try
        {
            execution = execution with { Trace = told.Trace };
            var feed = await ItemFeed.OpenAsync(scope, input, checkpoint).ConfigureAwait(false);
            await using var closing = feed.ConfigureAwait(false);
            var batch = new Batch(scope, input, execution, checkpoint, feed);
            await using var disposing = batch.ConfigureAwait(false);
            return told.End(await batch.RunAsync(execution.Stopping, execution.Abort).ConfigureAwait(false), checkpoint);
        }
        catch (SourceException failed)
        {
            told.Fail(failed);
            scope.Stop(CompletionReason.SourceFailed, failed.Message);
            return Unopened(input, checkpoint, scope);
        }
        catch (StorageException failed)
        {
            told.Fail(failed);
            throw;
        }
    }

    /// <summary>
    /// Sends a batch to whichever worker is free. One that was sent before and is being worked is not sent again: it is late, not lost. False: so
    /// it is.
    /// </summary>
    public async Task<bool> EnqueueAsync(BatchInput input, ActivityContext context)
    {
        if (queue is null)
            throw new RunException(input.RunId, $"Run '{input.RunId}' sends its batches to a queue, and this process has none. Drive it where it was started.");
        if (input.Sending > 0 && await IsLateAsync(queue, input, context.Stopping).ConfigureAwait(false))
            return false;

        // A process that takes the run over may send once more what its predecessor has sent.
        var message = new BatchMessage(context.InstanceId, input with { Sending = (int)Math.Min(input.Sending + context.Epoch, MaxSending) })
        {
            TraceParent = TraceParent.Format(PlaceOf(input)),
            SentAt = time.GetUtcNow(),
        };
        await queue.SendAsync(message, context.Stopping).ConfigureAwait(false);
        return true;
    }

    // Where no process drives the run, its engine has spans of its own, and called this within one.
    private System.Diagnostics.ActivityContext PlaceOf(BatchInput input) =>
        scopes.Find(input.RunId) is { Trace.IsDriver: true } scope ? scope.Trace.ContextOf(input.Branch) : TraceActivity.Current?.Context ?? default;

    // Who works a batch shows it by its checkpoint. Of one without, it is not known whether it still waits for its turn, unless nothing waits any more.
    private async Task<bool> IsLateAsync(IBatchQueue sentTo, BatchInput input, CancellationToken stopping)
    {
        var checkpoint = await BatchCheckpoint.FindAsync(results, input.RunId, input.Key).ConfigureAwait(false);
        if (checkpoint is not null)
            return checkpoint.Ending is null && time.GetUtcNow() - checkpoint.At < TakenForDead;
        return input.Sending <= BranchOrchestration.Looks && await sentTo.HasWaitingAsync(stopping).ConfigureAwait(false);
    }

    // Longer than any checkpoint interval, and than the clocks of two machines differ.
    private static readonly TimeSpan TakenForDead = TimeSpan.FromMinutes(5);

    // More is no news, and epochs of Durable Functions are large.
    private const long MaxSending = 9_999;

    /// <summary>Records a branch's parts, after which its batches' checkpoints are no longer needed.</summary>
    public async Task<bool> CloseBranchAsync(CloseBranchInput input)
    {
        var manifest = new BranchManifest(input.Branch, input.Parts, input.Tally);
        await manifest.WriteAsync(results, input.RunId, CancellationToken.None).ConfigureAwait(false);
        await BatchCheckpoint.DeleteAsync(results, input.RunId, input.BatchKeys).ConfigureAwait(false);
        scopes.Find(input.RunId)?.Trace.EndBranch(input.Branch, input.Tally);
        return true;
    }

    /// <summary>Writes the manifest and the report. Needs no handler: a run whose handler cannot be made ends with a report too.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    public async Task<RunReport> CloseRunAsync(CloseRunInput input, FanoutRegistry fanout)
    {
        var run = await catalog.GetAsync(input.RunId, CancellationToken.None).ConfigureAwait(false)
            ?? throw new RunException(input.RunId, $"There is no run '{input.RunId}'.");
        var branches = await BranchManifest.ReadAllAsync(results, input.RunId, CancellationToken.None).ConfigureAwait(false);
        var reduction = input.Reduce is { } name ? fanout.Reductions[name] : null;
        var report = Reports.Build(input, reduction, time.GetUtcNow(), results.Locate(input.RunId));
        await new Manifest(input.RunId, JsonElement.Parse(run.SpecJson), report, [.. branches.SelectMany(branch => branch.Parts)])
            .WriteAsync(results, CancellationToken.None).ConfigureAwait(false);
        var scope = scopes.Find(input.RunId);
        if (scope is not null)
            await catalog.SetProgressAsync(input.RunId, ProgressShard.Coordinator, scope.ObserveShare(), CancellationToken.None).ConfigureAwait(false);
        await catalog.CompleteAsync(input.RunId, report, CancellationToken.None).ConfigureAwait(false);
        scope?.NoteEnded();
        scope?.Trace.EndRun(report);
        RunInstruments.Ended.Add(1, new KeyValuePair<string, object?>(AttributeNames.RunStatus, report.Status.ToString()));
        scopes.Environment.LoggerFactory.CreateLogger<Activities>().RunEnded(input.RunId, report.Status, report.Tally.Settled);
        return report;
    }

    /// <summary>Makes a stop the orchestrator decided known to all batches.</summary>
    public async Task<ControlSignal> StopAsync(StopInput input)
    {
        var control = await catalog.UpdateControlAsync(
            input.RunId,
            control => control.Stop is null ? control with { Stop = input.Reason, Message = input.Message } : control,
            CancellationToken.None).ConfigureAwait(false) ?? RunControl.Initial;
        (await scopes.GetAsync(input.RunId).ConfigureAwait(false)).Apply(control);
        return ControlSignal.Of(control);
    }

    /// <summary>Records what became of announcing the run's end. What is recorded first stays.</summary>
    public async Task<bool> SettleAnnouncementAsync(SettleAnnouncementInput input)
    {
        await catalog.SetAnnouncementAsync(input.RunId, input.Announcement, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private async Task<PlanResult> PlanAsync(RunScope scope, SourcePlan source)
    {
        var plan = Planner.Plan(scope.Spec, source, Environment.ProcessorCount, !scope.LimitsAreSplit);
        await PlanDocument.WriteAsync(results, scope.RunId, plan).ConfigureAwait(false);
        scope.SetTotal(plan.Total);
        // Where no process drives the run, nobody else tells how long it is.
        if (!scopes.Environment.LanesShareProcess)
            await catalog.SetProgressAsync(scope.RunId, ProgressShard.Coordinator, scope.ObserveShare(), CancellationToken.None).ConfigureAwait(false);
        return new PlanResult(plan, null);
    }

    private static ISplitPlanSource Splits(RunScope scope) => scope.Source as ISplitPlanSource
        ?? throw new SourceException($"The source of run '{scope.RunId}' was split by another version of Fanout, or of the program it is registered in. Start a new run.");

    private async Task<T> ShieldAsync<T>(string runId, ActivityContext context, Func<Task<T>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (StorageException failure) when (onStorageFailure is not null)
        {
            onStorageFailure(runId, failure);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, context.Stopping).ConfigureAwait(false);
            throw;
        }
    }

    private static BatchResult Unopened(BatchInput input, BatchCheckpoint? checkpoint, RunScope scope) => (checkpoint ?? BatchCheckpoint.Start(input)).ToResult(BatchEnd.Stopped) with
    {
        Stop = scope.Gate.Stop,
        Message = scope.Gate.Message,
        ControlVersion = scope.Gate.ControlVersion,
    };
}
