using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;

namespace Fanout.Embedded.Tests.Conformance;

/// <summary>Another store until it crashes; then nothing is done any more, as if the process were gone.</summary>
internal sealed class CrashableStore(IEngineStore inner) : IEngineStore
{
    private volatile bool _crashed;

    public void Crash() => _crashed = true;

    public Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim) => Alive.CreateAsync(root, claim);

    public Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim) => Alive.ClaimAsync(rootId, claim);

    public Task<CommittedTurn?> CommitAsync(TurnCommit commit) => Alive.CommitAsync(commit);

    public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt) => Alive.RenewAsync(leases, expiresAt);

    public Task ReleaseAsync(IReadOnlyList<Lease> leases) => Alive.ReleaseAsync(leases);

    public Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin) => Alive.SendAsync(instanceId, message, origin);

    public Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin) => Alive.PollAsync(afterMessage, exceptOrigin);

    public Task<OrchestrationMetadata?> GetAsync(string instanceId) => Alive.GetAsync(instanceId);

    public Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId) => Alive.GetHistoryAsync(instanceId);

    public Task<bool> PurgeAsync(string instanceId) => Alive.PurgeAsync(instanceId);

    private IEngineStore Alive => _crashed ? throw new StorageException("The process has crashed.") : inner;
}
