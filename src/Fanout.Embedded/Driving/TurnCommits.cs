using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;

namespace Fanout.Embedded.Driving;

/// <summary>From what a turn decided to what is written.</summary>
internal static class TurnCommits
{
    /// <summary>A turn that would grow the history over its limit fails its instance instead.</summary>
    public static Turn Bound(Turn turn, InstanceIdentity identity, int history, int limit)
    {
        var length = turn.End is ContinuedAsNew next ? 1 + next.Carried.Count : history + turn.Events.Count;
        if (length <= limit || turn.End is ExecutionTerminated)
            return turn;
        // No room for the failure itself either: it stands in the instance's row.
        var failed = new ExecutionFailed(Failures.HistoryLimitExceeded(identity.Id, length, limit));
        return turn with { Events = [failed] };
    }

    /// <summary>Messages that meant nothing, used up.</summary>
    public static TurnCommit Discard(TurnBasis basis, string? customStatus) => new()
    {
        Lease = basis.Lease,
        Identity = basis.Identity,
        Execution = basis.Execution,
        KeptHistory = basis.History,
        Append = [],
        Consumed = basis.Consumed,
        Status = OrchestrationStatus.Running,
        CustomStatus = customStatus,
        UpdatedAt = basis.Now,
    };

    public static TurnCommit Of(Turn turn, TurnBasis basis)
    {
        var next = turn.End as ContinuedAsNew;
        var failure = FailureOf(turn.End);
        return new TurnCommit
        {
            Lease = basis.Lease,
            Identity = basis.Identity,
            Execution = next is null ? basis.Execution : basis.Execution + 1,
            KeptHistory = next is null ? basis.History : 0,
            Append = next is null ? turn.Events : [new ExecutionStarted(next.Input), .. next.Carried],
            Consumed = basis.Consumed,
            Status = StatusOf(turn.End),
            Output = (turn.End as ExecutionCompleted)?.Output,
            CustomStatus = turn.CustomStatus,
            Failure = failure,
            UpdatedAt = basis.Now,
            Children = [.. turn.Events.OfType<SubOrchestrationCreated>().Select(child => ChildOf(child, basis))],
            Messages = [.. MessagesOf(turn, basis.Identity, failure)],
            TerminateChildren = turn.End as ExecutionTerminated,
        };
    }

    private static OrchestrationStatus StatusOf(HistoryEvent? end) => end switch
    {
        ExecutionCompleted => OrchestrationStatus.Completed,
        ExecutionFailed => OrchestrationStatus.Failed,
        ExecutionTerminated => OrchestrationStatus.Terminated,
        _ => OrchestrationStatus.Running,
    };

    private static FailureDetails? FailureOf(HistoryEvent? end) => end switch
    {
        ExecutionFailed failed => failed.Failure,
        ExecutionTerminated terminated => Failures.Terminated(terminated.Reason),
        _ => null,
    };

    private static NewInstance ChildOf(SubOrchestrationCreated child, TurnBasis basis)
    {
        var parent = new ParentLink(basis.Identity.Id, basis.Execution, child.TaskId);
        var identity = new InstanceIdentity(child.InstanceId, basis.Identity.RootId, child.Name, parent);
        return new NewInstance(identity, new ExecutionStarted(child.Input), basis.Now);
    }

    private static IEnumerable<OutgoingMessage> MessagesOf(Turn turn, InstanceIdentity identity, FailureDetails? failure)
    {
        foreach (var sent in turn.Events.OfType<EventSent>())
            yield return new OutgoingMessage(sent.InstanceId, null, new EventRaised(sent.Name, sent.Payload));
        if (identity.Parent is not { } parent)
            yield break;
        if (turn.End is ExecutionCompleted completed)
            yield return new OutgoingMessage(parent.InstanceId, parent.Execution, new SubOrchestrationCompleted(parent.TaskId, completed.Output));
        else if (failure is not null)
            yield return new OutgoingMessage(parent.InstanceId, parent.Execution, new SubOrchestrationFailed(parent.TaskId, failure));
    }
}
