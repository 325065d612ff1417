using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Stores;

/// <summary>
/// Where the engine keeps instances. Every method is one transaction: it happened, or it did not. What a turn writes is conditional on the
/// lease of its tree (fencing), so whoever lost a lease writes nothing any more, however late it notices.
/// </summary>
/// <remarks>
/// Messages (<see cref="InboxMessage"/>) get ids in the order their transactions commit, over all processes. Every method throws
/// <see cref="StorageException"/> when the store cannot be used.
/// </remarks>
internal interface IEngineStore
{
    /// <summary>Creates a root and claims its lease. Null: an instance with this id exists; nothing was done.</summary>
    Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim);

    /// <summary>Claims the lease of a tree if it is free, expired, or its owner dead, and reads what is needed to drive it.</summary>
    Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim);

    /// <summary>Commits one turn; null when the lease is lost, and then nothing was written.</summary>
    Task<CommittedTurn?> CommitAsync(TurnCommit commit);

    /// <summary>Extends leases; returns the roots whose lease somebody else has claimed. One that was given back meanwhile is not lost.</summary>
    Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt);

    /// <summary>Gives leases back; those lost meanwhile are left alone.</summary>
    Task ReleaseAsync(IReadOnlyList<Lease> leases);

    /// <summary>Puts a message into an instance's inbox; null: there is no such instance, or it has ended, and the message was dropped.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="message">What to tell it.</param>
    /// <param name="origin">Who sends it: whoever polls with the same origin does not see it again.</param>
    Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin);

    /// <summary>Messages after one, in order, but those of an origin. Asked several times a second: it must be cheap.</summary>
    Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin);

    /// <summary>An instance; null: there is none.</summary>
    Task<OrchestrationMetadata?> GetAsync(string instanceId);

    /// <summary>An instance's present history; empty when there is none.</summary>
    Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId);

    /// <summary>Deletes an instance and all below it. False: it does not exist, or some of it has not ended.</summary>
    Task<bool> PurgeAsync(string instanceId);
}
