using System.Text.RegularExpressions;
using Fanout.Orchestration;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using DurableMetadata = Microsoft.DurableTask.Client.OrchestrationMetadata;
using OrchestrationMetadata = Fanout.Orchestration.OrchestrationMetadata;

namespace Fanout.Functions.Engine;

/// <summary>Fanout's client over Durable Task's.</summary>
/// <param name="client">The task hub's client.</param>
public sealed partial class DurableClient(DurableTaskClient client) : IOrchestrationClient
{
    /// <inheritdoc/>
    public async Task<bool> ScheduleNewOrchestrationInstanceAsync(
        string orchestratorName, object? input, string instanceId, CancellationToken cancellationToken = default)
    {
        if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken).ConfigureAwait(false) is not null)
            return false;
        await client.ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, new StartOrchestrationOptions(instanceId), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async Task RaiseEventAsync(string instanceId, string eventName, object? payload, CancellationToken cancellationToken = default)
    {
        // Durable Task refuses an event for what is not there, or keeps it for what may come.
        if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken).ConfigureAwait(false) is { IsCompleted: false })
            await client.RaiseEventAsync(instanceId, eventName, payload, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken = default)
    {
        foreach (var id in await FamilyAsync(instanceId, cancellationToken).ConfigureAwait(false))
        {
            if (await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken).ConfigureAwait(false) is { IsCompleted: false })
                await client.TerminateInstanceAsync(id, reason, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default) =>
        await client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken).ConfigureAwait(false) is { } instance ? Translate(instance) : null;

    /// <inheritdoc/>
    public async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        try
        {
            if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken).ConfigureAwait(false) is null)
                throw new ArgumentException($"There is no instance '{instanceId}'.", nameof(instanceId));
            return Translate(await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, cancellationToken).ConfigureAwait(false));
        }
        catch (RpcException cancelled) when (cancelled.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancelled.Message, cancelled, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        var family = await FamilyAsync(instanceId, cancellationToken).ConfigureAwait(false);
        foreach (var id in family)
        {
            if (await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellationToken).ConfigureAwait(false) is { IsCompleted: false })
                return false;
        }

        var purged = 0;
        foreach (var id in family.Reverse())
            purged += (await client.PurgeInstanceAsync(id, cancellation: cancellationToken).ConfigureAwait(false)).PurgedInstanceCount;
        return purged > 0;
    }

    // Neither ending nor purging reaches sub-orchestrations on every back end; Fanout's are called ROOT:NAME.
    private async Task<IReadOnlyList<string>> FamilyAsync(string rootId, CancellationToken cancellationToken)
    {
        var family = new List<string> { rootId };
        await foreach (var child in client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = $"{rootId}:" })
            .WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            family.Add(child.InstanceId);
        }

        return family;
    }

    private static OrchestrationMetadata Translate(DurableMetadata instance) => new(
        instance.InstanceId,
        instance.Name,
        instance.RuntimeStatus switch
        {
            OrchestrationRuntimeStatus.Pending => OrchestrationStatus.Pending,
            OrchestrationRuntimeStatus.Completed => OrchestrationStatus.Completed,
            OrchestrationRuntimeStatus.Failed => OrchestrationStatus.Failed,
            OrchestrationRuntimeStatus.Terminated => OrchestrationStatus.Terminated,
            _ => OrchestrationStatus.Running,
        },
        instance.CreatedAt,
        instance.LastUpdatedAt,
        instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? instance.SerializedOutput : null,
        instance.SerializedCustomStatus,
        FailureOf(instance),
        HistoryLength: null);

    // Storage keeps of a failure what its text says: TYPE: MESSAGE.
    private static FailureDetails? FailureOf(DurableMetadata instance)
    {
        if (instance.RuntimeStatus is not (OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated))
            return null;
        if (instance.FailureDetails is { } details)
            return new FailureDetails(details.ErrorType, details.ErrorMessage);
        var text = instance.SerializedOutput ?? "";
        return FailureText().Match(text) is { Success: true } match
            ? new FailureDetails(match.Groups[1].Value, match.Groups[2].Value)
            : new FailureDetails(instance.RuntimeStatus.ToString(), text);
    }

    [GeneratedRegex(@"^([\w.+`]*Exception): (.*)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex FailureText();
}
