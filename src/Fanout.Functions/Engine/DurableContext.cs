using Fanout.Orchestration;
using Microsoft.DurableTask;
using DurableTaskFailed = Microsoft.DurableTask.TaskFailedException;
using TaskFailedException = Fanout.Orchestration.TaskFailedException;

namespace Fanout.Functions.Engine;

/// <summary>Fanout's seam over Durable Task's context, of which it has the shape.</summary>
/// <param name="context">The context of the orchestrator that runs.</param>
/// <param name="activityOptions">How activities are called: how often they are tried again. Null: as they come.</param>
/// <remarks>Awaits stay on the context's thread, which Durable Task demands of orchestrators.</remarks>
public sealed class DurableContext(TaskOrchestrationContext context, TaskOptions? activityOptions = null) : IOrchestrationContext
{
    /// <inheritdoc/>
    public string Name => context.Name.Name;

    /// <inheritdoc/>
    public string InstanceId => context.InstanceId;

    /// <inheritdoc/>
    public string? ParentInstanceId => context.Parent?.InstanceId;

    /// <inheritdoc/>
    public DateTime CurrentUtcDateTime => context.CurrentUtcDateTime;

    /// <inheritdoc/>
    public bool IsReplaying => context.IsReplaying;

    /// <inheritdoc/>
    public Task<TResult> CallActivityAsync<TResult>(string name, object? input = null) =>
        ExplainAsync(name, context.CallActivityAsync<TResult>(name, input, activityOptions));

    /// <inheritdoc/>
    public Task<TResult> CallSubOrchestratorAsync<TResult>(string orchestratorName, object? input = null, string? instanceId = null) =>
        ExplainAsync(orchestratorName, context.CallSubOrchestratorAsync<TResult>(
            orchestratorName, input, instanceId is null ? null : new SubOrchestrationOptions(instanceId: instanceId)));

    /// <inheritdoc/>
    public Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => context.CreateTimer(fireAt, cancellationToken);

    /// <inheritdoc/>
    public Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        context.WaitForExternalEvent<T>(eventName, cancellationToken);

    /// <inheritdoc/>
    public void SendEvent(string instanceId, string eventName, object? payload) => context.SendEvent(instanceId, eventName, payload!);

    /// <inheritdoc/>
    public void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true) => context.ContinueAsNew(newInput, preserveUnprocessedEvents);

    /// <inheritdoc/>
    public void SetCustomStatus(object? customStatus) => context.SetCustomStatus(customStatus);

    /// <inheritdoc/>
    public Guid NewGuid() => context.NewGuid();

    private static async Task<TResult> ExplainAsync<TResult>(string name, Task<TResult> task)
    {
        try
        {
            return await task.ConfigureAwait(true);
        }
        catch (DurableTaskFailed failed)
        {
            // Of a sub-orchestration that was terminated there are none.
            throw new TaskFailedException(name, failed.FailureDetails is { } details
                ? new FailureDetails(details.ErrorType, details.ErrorMessage)
                : new FailureDetails(failed.GetType().ToString(), failed.Message));
        }
    }
}
