using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Fanout.Runs;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>
/// A home whose power fails: after so many writes that need not be synced, when the next that must be is about to be made. What was written since the last synced one is gone from the
/// database; what is in the results, which are synced by themselves, stays.
/// </summary>
/// <param name="home">Its directory.</param>
/// <param name="unsyncedWrites">After how many.</param>
internal sealed class PowerCut(string home, int unsyncedWrites) : IAsyncDisposable
{
    private readonly EmbeddedStorage _storage = EmbeddedStorage.Open(home);
    private readonly SemaphoreSlim _one = new(1);
    private readonly string _lastSynced = Directory.CreateTempSubdirectory("fanout-synced-").FullName;
    private int _written;
    private bool _isBehind;

    /// <summary>The power has failed.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The storage, while there is power.</summary>
    public EmbeddedStorage Storage => EmbeddedStorage.Of(new Store(this, _storage.Store), new Catalog(this, _storage.Catalog), _storage.Limits);

    /// <summary>Closes the home, and leaves of it what is on the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        if (IsOff)
        {
            foreach (var file in Directory.GetFiles(home, "fanout.db*"))
                File.Delete(file);
            foreach (var file in Directory.GetFiles(_lastSynced))
                File.Move(file, Path.Combine(home, Path.GetFileName(file)));
        }

        Directory.Delete(_lastSynced, recursive: true);
        _one.Dispose();
    }

    private async Task<T> WriteAsync<T>(bool synced, Func<Task<T>> write)
    {
        await _one.WaitAsync();
        try
        {
            IsOff |= synced && _isBehind && _written >= unsyncedWrites;
            ThrowIfOff();
            if (!synced && !_isBehind)
                Keep();
            _isBehind = !synced;
            _written += synced ? 0 : 1;
            return await write();
        }
        finally
        {
            _one.Release();
        }
    }

    private Task<bool> WriteAsync(bool synced, Func<Task> write) => WriteAsync(synced, async () =>
    {
        await write();
        return true;
    });

    // Nothing else is being written. The index of the log is made anew by who opens it.
    private void Keep()
    {
        foreach (var file in new[] { "fanout.db", "fanout.db-wal" })
            File.Copy(Path.Combine(home, file), Path.Combine(_lastSynced, file), overwrite: true);
    }

    private void ThrowIfOff()
    {
        if (IsOff)
            throw new StorageException("There is no power.");
    }

    private T Read<T>(T source)
    {
        ThrowIfOff();
        return source;
    }

    private sealed class Store(PowerCut power, IEngineStore inner) : IEngineStore
    {
        public Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim) => power.WriteAsync(true, () => inner.CreateAsync(root, claim));

        public Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim) => power.WriteAsync(true, () => inner.ClaimAsync(rootId, claim));

        public Task<CommittedTurn?> CommitAsync(TurnCommit commit) => power.WriteAsync(!commit.StaysInside, () => inner.CommitAsync(commit));

        public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt) => power.WriteAsync(true, () => inner.RenewAsync(leases, expiresAt));

        public Task ReleaseAsync(IReadOnlyList<Lease> leases) => power.WriteAsync(true, () => inner.ReleaseAsync(leases));

        public Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin) => power.WriteAsync(true, () => inner.SendAsync(instanceId, message, origin));

        public Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin) => power.Read(inner).PollAsync(afterMessage, exceptOrigin);

        public Task<OrchestrationMetadata?> GetAsync(string instanceId) => power.Read(inner).GetAsync(instanceId);

        public Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId) => power.Read(inner).GetHistoryAsync(instanceId);

        public Task<bool> PurgeAsync(string instanceId) => power.WriteAsync(true, () => inner.PurgeAsync(instanceId));
    }

    private sealed class Catalog(PowerCut power, IRunCatalog inner) : IRunCatalog
    {
        public Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken) => power.WriteAsync(true, () => inner.TryAddAsync(run, cancellationToken));

        public Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken) => power.Read(inner).GetAsync(runId, cancellationToken);

        public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken) => power.Read(inner).ListAsync(query, cancellationToken);

        public Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken) => power.Read(inner).GetControlAsync(runId, cancellationToken);

        public Task<RunControl?> UpdateControlAsync(string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken) =>
            power.WriteAsync(true, () => inner.UpdateControlAsync(runId, change, cancellationToken));

        public Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken) =>
            power.WriteAsync(false, () => inner.SetStartedAsync(runId, startedAt, cancellationToken));

        public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken) =>
            power.WriteAsync(false, () => inner.SetProgressAsync(runId, shard, progress, cancellationToken));

        public Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken) =>
            power.WriteAsync(false, () => inner.CompleteAsync(runId, report, cancellationToken));

        public Task SetAnnouncementAsync(string runId, RunAnnouncement announcement, CancellationToken cancellationToken) =>
            power.WriteAsync(true, () => inner.SetAnnouncementAsync(runId, announcement, cancellationToken));

        public Task DeleteAsync(string runId, CancellationToken cancellationToken) => power.WriteAsync(true, () => inner.DeleteAsync(runId, cancellationToken));
    }
}
