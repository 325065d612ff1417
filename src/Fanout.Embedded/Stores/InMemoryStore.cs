using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Stores;

/// <summary>A store that lives as long as its process, for tests and throw-away runs. One lock, and every call is done when it returns.</summary>
internal sealed class InMemoryStore : IEngineStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InstanceRow> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LeaseRow> _leases = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, (InboxMessage Message, string Origin)> _inbox = [];
    private long _lastMessage;

    /// <summary>The owner of a root's lease and when it expires; null: nobody has it.</summary>
    public (string Owner, DateTimeOffset ExpiresAt)? FindLease(string rootId)
    {
        lock (_gate)
            return _leases.TryGetValue(rootId, out var lease) && lease.Owner is { } owner ? (owner, lease.ExpiresAt) : null;
    }

    public Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim)
    {
        lock (_gate)
        {
            var created = _instances.TryAdd(root.Identity.Id, new InstanceRow(root));
            return Task.FromResult(created ? Grant(root.Identity.Id, claim) : null);
        }
    }

    public Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim)
    {
        lock (_gate)
            return Task.FromResult(Claim(rootId, claim));
    }

    public Task<CommittedTurn?> CommitAsync(TurnCommit commit)
    {
        lock (_gate)
            return Task.FromResult(Holds(commit.Lease) ? Commit(commit) : null);
    }

    public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt)
    {
        lock (_gate)
        {
            List<string> lost = [];
            foreach (var lease in leases)
            {
                if (Holds(lease))
                    _leases[lease.RootId].ExpiresAt = expiresAt;
                else if (!_leases.TryGetValue(lease.RootId, out var row) || row.Epoch != lease.Epoch)
                    lost.Add(lease.RootId);
            }

            return Task.FromResult<IReadOnlyList<string>>(lost);
        }
    }

    public Task ReleaseAsync(IReadOnlyList<Lease> leases)
    {
        lock (_gate)
        {
            foreach (var lease in leases.Where(Holds))
                _leases[lease.RootId].Owner = null;
        }

        return Task.CompletedTask;
    }

    public Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin)
    {
        lock (_gate)
            return Task.FromResult(Put(new OutgoingMessage(instanceId, null, message), origin));
    }

    public Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<InboxMessage>>(
                [.. _inbox.Values.Where(m => m.Message.Id > afterMessage && m.Origin != exceptOrigin).Select(m => m.Message)]);
        }
    }

    public Task<OrchestrationMetadata?> GetAsync(string instanceId)
    {
        lock (_gate)
            return Task.FromResult(_instances.GetValueOrDefault(instanceId)?.ToMetadata());
    }

    public Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<HistoryEvent>>([.. _instances.GetValueOrDefault(instanceId)?.History ?? []]);
    }

    public Task<bool> PurgeAsync(string instanceId)
    {
        lock (_gate)
        {
            var doomed = Descendants(instanceId);
            if (doomed.Count == 0 || doomed.Any(row => !row.HasEnded))
                return Task.FromResult(false);
            Remove(doomed);
            return Task.FromResult(true);
        }
    }

    private ClaimedTree Claim(string rootId, LeaseClaim claim)
    {
        if (!_instances.TryGetValue(rootId, out var root) || root.Identity.Parent is not null)
            return ClaimedTree.Refused(AttachStatus.NotFound);
        var active = _instances.Values.Where(row => row.Identity.RootId == rootId && !row.HasEnded).ToList();
        if (active.Count == 0)
            return ClaimedTree.Refused(AttachStatus.Ended);
        if (_leases.TryGetValue(rootId, out var lease) && lease.Owner is { } owner && lease.ExpiresAt > claim.Now && !claim.IsDead(owner))
            return ClaimedTree.Refused(AttachStatus.HeldElsewhere, owner);
        return new ClaimedTree
        {
            Status = AttachStatus.Attached,
            Lease = Grant(rootId, claim),
            Instances = [.. active.Select(row => new StoredInstance(row.Identity, row.Execution, row.CustomStatus, [.. row.History]))],
            Messages = [.. _inbox.Values.Where(m => m.Message.RootId == rootId).Select(m => m.Message)],
            LastMessage = _lastMessage,
        };
    }

    private Lease Grant(string rootId, LeaseClaim claim)
    {
        if (!_leases.TryGetValue(rootId, out var row))
            _leases.Add(rootId, row = new LeaseRow());
        row.Owner = claim.Owner;
        row.ExpiresAt = claim.ExpiresAt;
        return new Lease(rootId, claim.Owner, ++row.Epoch);
    }

    private bool Holds(Lease lease) =>
        _leases.TryGetValue(lease.RootId, out var row) && row.Owner == lease.Owner && row.Epoch == lease.Epoch;

    private CommittedTurn Commit(TurnCommit commit)
    {
        _instances[commit.Identity.Id].Apply(commit);
        foreach (var id in commit.HasEnded ? [.. InboxOf(commit.Identity.Id)] : commit.Consumed)
            _inbox.Remove(id);

        List<InboxMessage> sent = [];
        var refused = new HashSet<int>();
        foreach (var child in commit.Children)
        {
            if (TryCreateChild(child))
                continue;
            refused.Add(child.Identity.Parent!.TaskId);
            Send(StoreMessages.ChildRefused(child), commit.Lease.Owner, sent);
        }

        foreach (var message in commit.Messages)
            Send(message, commit.Lease.Owner, sent);
        if (commit.TerminateChildren is { } terminate)
        {
            foreach (var child in _instances.Values.Where(row => row.Identity.Parent?.InstanceId == commit.Identity.Id))
                Send(new OutgoingMessage(child.Identity.Id, null, terminate), commit.Lease.Owner, sent);
        }

        var treeEnded = commit.HasEnded && _instances.Values.All(row => row.Identity.RootId != commit.Lease.RootId || row.HasEnded);
        if (treeEnded)
            _leases[commit.Lease.RootId].Owner = null;
        return new CommittedTurn(sent, refused, treeEnded);
    }

    private bool TryCreateChild(NewInstance child)
    {
        if (_instances.TryGetValue(child.Identity.Id, out var existing))
        {
            var before = Descendants(child.Identity.Id);
            if (existing.Identity.Parent?.InstanceId != child.Identity.Parent!.InstanceId || before.Any(row => !row.HasEnded))
                return false;
            Remove(before);
        }

        _instances.Add(child.Identity.Id, new InstanceRow(child));
        return true;
    }

    private void Send(OutgoingMessage message, string origin, List<InboxMessage> sent)
    {
        if (Put(message, origin) is { } one)
            sent.Add(one);
    }

    private InboxMessage? Put(OutgoingMessage message, string origin)
    {
        if (!_instances.TryGetValue(message.InstanceId, out var row) || row.HasEnded)
            return null;
        var stored = new InboxMessage(++_lastMessage, row.Identity.RootId, message.InstanceId, message.Execution, message.Event);
        _inbox.Add(stored.Id, (stored, origin));
        return stored;
    }

    private IEnumerable<long> InboxOf(string instanceId) =>
        _inbox.Values.Where(m => m.Message.InstanceId == instanceId).Select(m => m.Message.Id);

    private List<InstanceRow> Descendants(string instanceId)
    {
        List<InstanceRow> found = _instances.TryGetValue(instanceId, out var top) ? [top] : [];
        for (var i = 0; i < found.Count; i++)
            found.AddRange(_instances.Values.Where(row => row.Identity.Parent?.InstanceId == found[i].Identity.Id));
        return found;
    }

    private void Remove(List<InstanceRow> rows)
    {
        foreach (var row in rows)
        {
            _instances.Remove(row.Identity.Id);
            _leases.Remove(row.Identity.Id);
        }
    }

    private sealed class LeaseRow
    {
        public string? Owner { get; set; }

        public long Epoch { get; set; }

        public DateTimeOffset ExpiresAt { get; set; }
    }

    private sealed class InstanceRow(NewInstance created)
    {
        private readonly DateTimeOffset _createdAt = created.CreatedAt;
        private OrchestrationStatus _status = OrchestrationStatus.Pending;
        private DateTimeOffset _updatedAt = created.CreatedAt;
        private string? _output;
        private FailureDetails? _failure;

        public InstanceIdentity Identity { get; } = created.Identity;

        public int Execution { get; private set; }

        public string? CustomStatus { get; private set; }

        public List<HistoryEvent> History { get; } = [created.Started];

        public bool HasEnded => ToMetadata().IsCompleted;

        public void Apply(TurnCommit commit)
        {
            if (commit.KeptHistory != 0 && commit.KeptHistory != History.Count)
                throw new InvalidOperationException($"History of '{Identity.Id}' has {History.Count} entries; the turn knew {commit.KeptHistory}.");
            if (commit.KeptHistory == 0)
                History.Clear();
            History.AddRange(commit.Append);
            Execution = commit.Execution;
            CustomStatus = commit.CustomStatus;
            _status = commit.Status;
            _output = commit.Output;
            _failure = commit.Failure;
            _updatedAt = commit.UpdatedAt;
        }

        public OrchestrationMetadata ToMetadata() => new(
            Identity.Id, Identity.Name, _status, _createdAt, _updatedAt, _output, CustomStatus, _failure, History.Count);
    }
}
