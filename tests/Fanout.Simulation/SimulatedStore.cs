using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;

namespace Fanout.Simulation;

/// <summary>One process's way to the store; what goes wrong on it is decided elsewhere.</summary>
internal sealed class SimulatedStore(IEngineStore inner, IStorageCalls calls, CommitAudit audit) : IEngineStore
{
    public Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim) => calls.CallAsync("create", async () =>
    {
        var lease = await inner.CreateAsync(root, claim);
        if (lease is not null)
            audit.Granted(lease);
        return lease;
    });

    public Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim) => calls.CallAsync("claim", async () =>
    {
        var claimed = await inner.ClaimAsync(rootId, claim);
        if (claimed.Lease is not null)
            audit.Granted(claimed.Lease);
        return claimed;
    });

    public Task<CommittedTurn?> CommitAsync(TurnCommit commit) => calls.CallAsync("commit", async () =>
    {
        var committed = await inner.CommitAsync(commit);
        audit.Committed(commit, committed is not null);
        return committed;
    });

    public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt) =>
        calls.CallAsync("renew", () => inner.RenewAsync(leases, expiresAt));

    public Task ReleaseAsync(IReadOnlyList<Lease> leases) => calls.CallAsync("release", async () =>
    {
        await inner.ReleaseAsync(leases);
        return true;
    });

    public Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin) => calls.CallAsync("send", async () =>
    {
        var sent = await inner.SendAsync(instanceId, message, origin);
        if (sent is not null)
            audit.Sent(message);
        return sent;
    });

    public Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin) =>
        calls.CallAsync("poll", () => inner.PollAsync(afterMessage, exceptOrigin));

    public Task<OrchestrationMetadata?> GetAsync(string instanceId) => calls.CallAsync("get", () => inner.GetAsync(instanceId));

    public Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId) => inner.GetHistoryAsync(instanceId);

    public Task<bool> PurgeAsync(string instanceId) => calls.CallAsync("purge", () => inner.PurgeAsync(instanceId));
}
