using Fanout.Embedded.Execution;
using Fanout.Embedded.History;

namespace Fanout.Embedded.Stores;

/// <summary>The answer to a claim.</summary>
internal sealed record ClaimedTree
{
    /// <summary>What came of it.</summary>
    public required AttachStatus Status { get; init; }

    /// <summary>Who has the lease, when <see cref="Status"/> is <see cref="AttachStatus.HeldElsewhere"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>The lease, when <see cref="Status"/> is <see cref="AttachStatus.Attached"/>.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The instances of the tree that have not ended.</summary>
    public IReadOnlyList<StoredInstance> Instances { get; init; } = [];

    /// <summary>Their inboxes, in order.</summary>
    public IReadOnlyList<InboxMessage> Messages { get; init; } = [];

    /// <summary>Messages up to this one are in <see cref="Messages"/> if they are for this tree at all.</summary>
    public long LastMessage { get; init; }

    public static ClaimedTree Refused(AttachStatus status, string? owner = null) => new() { Status = status, Owner = owner };
}

/// <summary>An instance that has not ended, as the store has it.</summary>
internal sealed record StoredInstance(InstanceIdentity Identity, int Execution, string? CustomStatus, IReadOnlyList<HistoryEvent> History);
