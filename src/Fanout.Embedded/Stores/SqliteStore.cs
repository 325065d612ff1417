using Fanout.Embedded.History;
using Fanout.Embedded.Storage;
using Fanout.Orchestration;

namespace Fanout.Embedded.Stores;

/// <summary>The store in a home's database.</summary>
internal sealed class SqliteStore(SqliteDatabase database) : IEngineStore
{
    public Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim) => database.WriteAsync(session =>
        InstanceTable.TryInsert(session, root) ? LeaseTable.Grant(session, root.Identity.Id, claim) : null);

    public Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim) => database.WriteAsync(session => Claim(session, rootId, claim));

    public Task<CommittedTurn?> CommitAsync(TurnCommit commit) => database.WriteAsync(session =>
        LeaseTable.Holds(session, commit.Lease) ? TurnWriter.Write(session, commit) : null, synced: !commit.StaysInside);

    public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt) =>
        database.WriteAsync<IReadOnlyList<string>>(session =>
            [.. leases.Where(lease => !LeaseTable.Renew(session, lease, expiresAt)).Select(lease => lease.RootId)]);

    public Task ReleaseAsync(IReadOnlyList<Lease> leases) => database.WriteAsync(session =>
    {
        foreach (var lease in leases)
            LeaseTable.Release(session, lease);
        return true;
    });

    public Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin) => database.WriteAsync(session =>
        InboxTable.TryInsert(session, new OutgoingMessage(instanceId, null, message), origin));

    public Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin) =>
        database.ReadAsync(session => InboxTable.After(session, afterMessage, exceptOrigin));

    public Task<OrchestrationMetadata?> GetAsync(string instanceId) =>
        database.ReadAsync(session => InstanceTable.Find(session, instanceId));

    public Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId) =>
        database.ReadAsync<IReadOnlyList<HistoryEvent>>(session => HistoryTable.Read(session, instanceId));

    public Task<bool> PurgeAsync(string instanceId) => database.WriteAsync(session =>
    {
        var doomed = InstanceTable.Descendants(session, instanceId);
        if (doomed.Count == 0 || doomed.Any(row => !row.HasEnded))
            return false;
        TurnWriter.Delete(session, doomed);
        return true;
    });

    private static ClaimedTree Claim(SqliteSession session, string rootId, LeaseClaim claim)
    {
        if (!InstanceTable.IsRoot(session, rootId))
            return ClaimedTree.Refused(AttachStatus.NotFound);
        if (!InstanceTable.IsTreeActive(session, rootId))
            return ClaimedTree.Refused(AttachStatus.Ended);
        if (LeaseTable.HolderOf(session, rootId, claim) is { } holder)
            return ClaimedTree.Refused(AttachStatus.HeldElsewhere, holder);
        return new ClaimedTree
        {
            Status = AttachStatus.Attached,
            Lease = LeaseTable.Grant(session, rootId, claim),
            Instances = InstanceTable.ActiveOf(session, rootId),
            Messages = InboxTable.OfTree(session, rootId),
            LastMessage = InboxTable.LastId(session),
        };
    }
}
