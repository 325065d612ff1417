namespace Fanout.Orchestration;

/// <summary>What callers may do with orchestrations, in the shape of Durable Task's <c>DurableTaskClient</c>.</summary>
public interface IOrchestrationClient
{
    /// <summary>Creates an instance. False: one with this id exists already, in whatever state; nothing was done.</summary>
    Task<bool> ScheduleNewOrchestrationInstanceAsync(string orchestratorName, object? input, string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Raises an event to an instance; one that does not exist or has ended drops it.</summary>
    Task RaiseEventAsync(string instanceId, string eventName, object? payload, CancellationToken cancellationToken = default);

    /// <summary>Ends an instance and its sub-orchestrations at their next turn, without asking their code.</summary>
    Task TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken = default);

    /// <summary>An instance's state; null: there is none.</summary>
    Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Waits until an instance has ended.</summary>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Deletes an ended instance and its sub-orchestrations. False: it does not exist or has not ended.</summary>
    Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken = default);
}

/// <summary>An instance's state.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="Name">Its orchestrator.</param>
/// <param name="Status">Where it is.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="LastUpdatedAt">When its last turn was committed.</param>
/// <param name="SerializedOutput">Its output as JSON, when completed.</param>
/// <param name="SerializedCustomStatus">What it last set, as JSON.</param>
/// <param name="Failure">Why it failed or was terminated.</param>
/// <param name="HistoryLength">Events in its current history; null: this engine does not tell.</param>
public sealed record OrchestrationMetadata(
    string InstanceId,
    string Name,
    OrchestrationStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUpdatedAt,
    string? SerializedOutput,
    string? SerializedCustomStatus,
    FailureDetails? Failure,
    int? HistoryLength)
{
    /// <summary>True when it will not change any more.</summary>
    public bool IsCompleted => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;
}

/// <summary>Where an orchestration is.</summary>
public enum OrchestrationStatus
{
    /// <summary>Created, no turn committed.</summary>
    Pending,

    /// <summary>At least one turn committed.</summary>
    Running,

    /// <summary>Returned a result.</summary>
    Completed,

    /// <summary>Threw, or its code did not match its history.</summary>
    Failed,

    /// <summary>Was terminated.</summary>
    Terminated,
}
