using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;

namespace Fanout.Simulation;

/// <summary>One process's way to the store: calls take their turn, the process may die before or after any of them, stall, or find the disk full.</summary>
internal sealed class SimulatedStore(IEngineStore inner, SimulatedProcess process, TimeProvider clock, Chaos chaos, CommitAudit audit) : IEngineStore
{
    public Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim) => CallAsync("create", async () =>
    {
        var lease = await inner.CreateAsync(root, claim);
        if (lease is not null)
            audit.Granted(lease);
        return lease;
    });

    public Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim) => CallAsync("claim", async () =>
    {
        var claimed = await inner.ClaimAsync(rootId, claim);
        if (claimed.Lease is not null)
            audit.Granted(claimed.Lease);
        return claimed;
    });

    public Task<CommittedTurn?> CommitAsync(TurnCommit commit) => CallAsync("commit", async () =>
    {
        var committed = await inner.CommitAsync(commit);
        audit.Committed(commit, committed is not null);
        return committed;
    });

    public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt) =>
        CallAsync("renew", () => inner.RenewAsync(leases, expiresAt));

    public Task ReleaseAsync(IReadOnlyList<Lease> leases) => CallAsync("release", async () =>
    {
        await inner.ReleaseAsync(leases);
        return true;
    });

    public Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin) => CallAsync("send", async () =>
    {
        var sent = await inner.SendAsync(instanceId, message, origin);
        if (sent is not null)
            audit.Sent(message);
        return sent;
    });

    public Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin) =>
        CallAsync("poll", () => inner.PollAsync(afterMessage, exceptOrigin));

    public Task<OrchestrationMetadata?> GetAsync(string instanceId) => CallAsync("get", () => inner.GetAsync(instanceId));

    public Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId) => inner.GetHistoryAsync(instanceId);

    public Task<bool> PurgeAsync(string instanceId) => CallAsync("purge", () => inner.PurgeAsync(instanceId));

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
    {
        await Task.Yield();
        if (chaos.Stalls())
            process.StalledUntil = clock.GetUtcNow() + chaos.StallLength();
        while (clock.GetUtcNow() < process.StalledUntil)
            await Task.Delay(process.StalledUntil - clock.GetUtcNow(), clock);
        if (process.IsDead)
            return await SimulatedProcess.NeverAsync<T>();
        if (chaos.Dies())
            return await DieAsync<T>($"before {name}");
        if (chaos.FindsDiskFull())
            throw new StorageException("The simulated disk is full.");

        var result = await call();
        chaos.Trace($"{process.Number} {name}");
        if (chaos.Dies())
            return await DieAsync<T>($"after {name}");
        if (chaos.Latency() is var latency && latency > TimeSpan.Zero)
            await Task.Delay(latency, clock);
        await Task.Yield();
        return process.IsDead ? await SimulatedProcess.NeverAsync<T>() : result;
    }

    private Task<T> DieAsync<T>(string when)
    {
        chaos.Trace($"{process.Number} dies {when}");
        process.Die();
        return SimulatedProcess.NeverAsync<T>();
    }
}
