using Fanout.Orchestration;
using Fanout.Processing;
using Microsoft.Azure.Functions.Worker;

namespace Fanout.Functions;

/// <summary>The activities, as the Functions host finds them.</summary>
internal sealed class ActivityFunctions(FunctionsHome home)
{
    // An execution that comes later outranks one that still writes: it comes back only when its message has been hidden for longer than this.
    private static readonly TimeSpan EpochLength = TimeSpan.FromSeconds(4);
    private static readonly DateTimeOffset EpochsSince = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Counts the source.</summary>
    [Function(Activities.Plan)]
    public Task<PlanResult> PlanAsync([ActivityTrigger] string runId, string instanceId, FunctionContext function) =>
        CallAsync<PlanResult>(Activities.Plan, runId, instanceId, function);

    /// <summary>Counts a part of it.</summary>
    [Function(Activities.PlanPart)]
    public Task<PlanPartResult> PlanPartAsync([ActivityTrigger] PlanPartInput input, string instanceId, FunctionContext function) =>
        CallAsync<PlanPartResult>(Activities.PlanPart, input, instanceId, function);

    /// <summary>Puts the parts together.</summary>
    [Function(Activities.MergePlan)]
    public Task<PlanResult> MergePlanAsync([ActivityTrigger] MergePlanInput input, string instanceId, FunctionContext function) =>
        CallAsync<PlanResult>(Activities.MergePlan, input, instanceId, function);

    /// <summary>Works a batch.</summary>
    [Function(Activities.Batch)]
    public Task<BatchResult> BatchAsync([ActivityTrigger] BatchInput input, string instanceId, FunctionContext function) =>
        CallAsync<BatchResult>(Activities.Batch, input, instanceId, function, (home.Time.GetUtcNow() - EpochsSince) / EpochLength);

    /// <summary>Sends a batch to whoever is free.</summary>
    [Function(Activities.Enqueue)]
    public Task<bool> EnqueueAsync([ActivityTrigger] BatchInput input, string instanceId, FunctionContext function) =>
        CallAsync<bool>(Activities.Enqueue, input, instanceId, function);

    /// <summary>Records a branch's parts.</summary>
    [Function(Activities.CloseBranch)]
    public Task<bool> CloseBranchAsync([ActivityTrigger] CloseBranchInput input, string instanceId, FunctionContext function) =>
        CallAsync<bool>(Activities.CloseBranch, input, instanceId, function);

    /// <summary>Writes the report.</summary>
    [Function(Activities.CloseRun)]
    public Task<RunReport> CloseRunAsync([ActivityTrigger] CloseRunInput input, string instanceId, FunctionContext function) =>
        CallAsync<RunReport>(Activities.CloseRun, input, instanceId, function);

    /// <summary>Makes a stop known.</summary>
    [Function(Activities.Stop)]
    public Task<ControlSignal> StopAsync([ActivityTrigger] StopInput input, string instanceId, FunctionContext function) =>
        CallAsync<ControlSignal>(Activities.Stop, input, instanceId, function);

    /// <summary>Tells somebody that the run has ended.</summary>
    [Function(Activities.Announce)]
    public Task<AnnounceResult> AnnounceAsync([ActivityTrigger] AnnounceInput input, string instanceId, FunctionContext function) =>
        CallAsync<AnnounceResult>(Activities.Announce, input, instanceId, function);

    /// <summary>Records that they were told.</summary>
    [Function(Activities.SettleAnnouncement)]
    public Task<bool> SettleAnnouncementAsync([ActivityTrigger] SettleAnnouncementInput input, string instanceId, FunctionContext function) =>
        CallAsync<bool>(Activities.SettleAnnouncement, input, instanceId, function);

    private async Task<T> CallAsync<T>(string name, object input, string instanceId, FunctionContext function, double epoch = 0)
    {
        var context = new ActivityContext(name, instanceId, function.CancellationToken) { Epoch = (long)epoch };
        return (T)(await home.Orchestrations.Activities[name].Run(context, input).ConfigureAwait(false))!;
    }
}
