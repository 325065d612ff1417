using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Execution;

/// <summary>The failures that come from the engine, not from code it runs.</summary>
internal static class Failures
{
    public static FailureDetails Of(Exception exception) =>
        new(exception.GetType().FullName ?? exception.GetType().Name, exception.Message);

    public static FailureDetails OrchestratorNotRegistered(string name, string instanceId) => new(
        "OrchestratorNotRegistered",
        $"Orchestrator '{name}' of instance '{instanceId}' is not registered in this process. Register it under this name, then start a new instance.");

    public static FailureDetails ActivityNotRegistered(string name) => new(
        "ActivityNotRegistered", $"Activity '{name}' is not registered in this process. Register it under this name.");

    public static FailureDetails InstanceExists(string instanceId) => new(
        "InstanceExists",
        $"Sub-orchestration '{instanceId}' was not started: an instance with this id exists already. Choose another id, or purge that instance.");

    public static FailureDetails Terminated(string? reason) => new("Terminated", reason ?? "Terminated on request.");

    public static FailureDetails HistoryLimitExceeded(string instanceId, int events, int limit) => new(
        "HistoryLimitExceeded",
        $"The history of instance '{instanceId}' would grow to {events} events; the limit is {limit}. Continue as new, or fan out through sub-orchestrations.");

    public static FailureDetails ForeignTask(string name, string instanceId) => new(
        "ForeignTask",
        $"Orchestrator '{name}' of instance '{instanceId}' awaited a task that is not from its context (Task.Delay, Task.Run, I/O, a thread). "
        + "Orchestrators may await only their context's tasks; do the rest in an activity.");

    public static FailureDetails NonDeterministic(
        string name, string instanceId, DateTime turn, DecisionEvent? recorded, DecisionEvent? replayed) => new(
        "NonDeterministicOrchestration",
        $"Orchestrator '{name}' does not match the history of instance '{instanceId}', in its turn of {turn:O}: "
        + $"history says the code {recorded?.Describe() ?? "did nothing more in this turn"}, "
        + $"but now the code {replayed?.Describe() ?? "does nothing more in this turn"}. "
        + "The orchestrator was changed while the instance was running, or is not deterministic. Restore its code, or start a new instance.");
}
