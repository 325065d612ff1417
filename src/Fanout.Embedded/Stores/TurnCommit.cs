using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Stores;

/// <summary>All that one turn changes, as a value.</summary>
internal sealed record TurnCommit
{
    /// <summary>Under which lease.</summary>
    public required Lease Lease { get; init; }

    /// <summary>The instance whose turn it was.</summary>
    public required InstanceIdentity Identity { get; init; }

    /// <summary>Its execution after the turn.</summary>
    public required int Execution { get; init; }

    /// <summary>Entries its history keeps: all it had, or none when it continues as new.</summary>
    public required int KeptHistory { get; init; }

    /// <summary>Entries to append.</summary>
    public required IReadOnlyList<HistoryEvent> Append { get; init; }

    /// <summary>Messages of its inbox that the turn used up. When it ends, all go.</summary>
    public required IReadOnlyList<long> Consumed { get; init; }

    /// <summary>Its status after the turn.</summary>
    public required OrchestrationStatus Status { get; init; }

    /// <summary>Its output as JSON, when completed.</summary>
    public string? Output { get; init; }

    /// <summary>Its custom status as JSON.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Why it failed or was terminated.</summary>
    public FailureDetails? Failure { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Sub-orchestrations to create. An id that exists makes the store send the parent a failure instead, unless that instance has ended and was this instance's too: then it is replaced.</summary>
    public IReadOnlyList<NewInstance> Children { get; init; } = [];

    /// <summary>Messages to other instances; those to instances that are gone or have ended are dropped.</summary>
    public IReadOnlyList<OutgoingMessage> Messages { get; init; } = [];

    /// <summary>Not null: every sub-orchestration of the instance that has not ended is sent this.</summary>
    public ExecutionTerminated? TerminateChildren { get; init; }

    /// <summary>
    /// True: nothing outside the store follows from it. It calls no activity, and nobody waits for it as for a root's end. A loss of power may take it back, with
    /// all that came of it: then the turn is run once more, and an activity whose result it took.
    /// </summary>
    public bool StaysInside => !(HasEnded && Identity.Parent is null) && !Append.Any(entry => entry is TaskScheduled);

    /// <summary>True when the instance ended with the turn.</summary>
    public bool HasEnded => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;
}

/// <summary>What became of a commit.</summary>
/// <param name="Messages">The messages that went into inboxes, with their ids.</param>
/// <param name="RefusedChildren">The tasks whose sub-orchestrations were not created.</param>
/// <param name="TreeEnded">True when no instance of the tree is left to drive; its lease is free.</param>
internal sealed record CommittedTurn(IReadOnlyList<InboxMessage> Messages, IReadOnlySet<int> RefusedChildren, bool TreeEnded)
{
    /// <summary>What the turn added to its history, in bytes of UTF-8; null: it is not written as text here.</summary>
    public long? Bytes { get; init; }
}
