using Fanout.Functions.Engine;
using Fanout.Orchestration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Fanout.Functions;

/// <summary>The orchestrators, as the Functions host finds them.</summary>
internal sealed class OrchestratorFunctions(FunctionsHome home)
{
    // An activity fails only when storage does: it is tried for some ten minutes.
    private static readonly TaskOptions Patiently = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 12, firstRetryInterval: TimeSpan.FromSeconds(2), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(1)));

    /// <summary>A run.</summary>
    [Function(RunOrchestration.Name)]
    public Task<RunReport?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, RunInput input) =>
        RunOrchestration.RunAsync(new DurableContext(context, Patiently), input, home.Registry);

    /// <summary>A branch of one.</summary>
    [Function(BranchOrchestration.Name)]
    public Task<BranchResult> BranchAsync([OrchestrationTrigger] TaskOrchestrationContext context, BranchInput input) =>
        BranchOrchestration.RunAsync(new DurableContext(context, Patiently), input, home.Registry);
}
