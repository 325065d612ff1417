using Fanout.Embedded.History;

namespace Fanout.Embedded.Execution;

/// <summary>What one turn came to, as a value: nothing has been written or started yet.</summary>
/// <param name="Events">To append to the history: the turn's start, what it received (but its prelude, which is there already), what it decided.</param>
/// <param name="CustomStatus">The custom status after the turn, as JSON.</param>
internal sealed record Turn(IReadOnlyList<HistoryEvent> Events, string? CustomStatus)
{
    /// <summary>The event that ended the execution; null: it goes on.</summary>
    public HistoryEvent? End =>
        Events is [.., ExecutionCompleted or ExecutionFailed or ExecutionTerminated or ContinuedAsNew] ? Events[^1] : null;

    /// <summary>A turn that fails its instance, whatever else it did.</summary>
    public static Turn Failed(DateTime now, Orchestration.FailureDetails failure, string? customStatus) =>
        new([new TurnStarted(now), new ExecutionFailed(failure)], customStatus);
}
