namespace Fanout.Orchestration;

/// <summary>
/// What an orchestrator may use: the seam between Fanout and an engine, in the shape of Durable Task's <c>TaskOrchestrationContext</c>.
/// Orchestrators are deterministic: no clock, randomness, I/O or tasks but through this context.
/// </summary>
public interface IOrchestrationContext
{
    /// <summary>The orchestrator's name.</summary>
    string Name { get; }

    /// <summary>This instance's id.</summary>
    string InstanceId { get; }

    /// <summary>The id of the instance that called this one as a sub-orchestration; null: none did.</summary>
    string? ParentInstanceId { get; }

    /// <summary>The time of the current turn, UTC; the same on replay.</summary>
    DateTime CurrentUtcDateTime { get; }

    /// <summary>True while decisions of earlier turns are being replayed.</summary>
    bool IsReplaying { get; }

    /// <summary>Calls an activity: at least once, its result recorded once.</summary>
    /// <exception cref="TaskFailedException">The activity failed.</exception>
    Task<TResult> CallActivityAsync<TResult>(string name, object? input = null);

    /// <summary>Calls another orchestration and waits for its result.</summary>
    /// <param name="orchestratorName">Its orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="instanceId">Its instance id; null: one is generated, the same on replay.</param>
    /// <exception cref="TaskFailedException">The sub-orchestration failed or was terminated.</exception>
    Task<TResult> CallSubOrchestratorAsync<TResult>(string orchestratorName, object? input = null, string? instanceId = null);

    /// <summary>A durable timer. Completes at <paramref name="fireAt"/> (UTC) or up to a second early or late: look at the clock again.</summary>
    Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>The next event of that name raised to this instance; events that came before the call are kept for it, in order.</summary>
    Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Raises an event to another instance. One that is gone or has ended drops it.</summary>
    void SendEvent(string instanceId, string eventName, object? payload);

    /// <summary>Ends this execution and starts the same instance anew with another input and an empty history; unprocessed events are kept.</summary>
    void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true);

    /// <summary>A small JSON value that clients can read while the orchestration runs.</summary>
    void SetCustomStatus(object? customStatus);

    /// <summary>A new id, the same on replay.</summary>
    Guid NewGuid();
}
