using System.Diagnostics.CodeAnalysis;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Embedded.Telemetry;

namespace Fanout.Embedded.Driving;

/// <summary>
/// Takes one instance from turn to turn: whatever comes is queued; one loop at a time takes all of it, runs a turn, commits it, and then
/// acts on it. Between turns the orchestrator stays live.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without a timer or wait handle holds nothing to dispose.")]
internal sealed class InstanceDriver
{
    private readonly EngineParts _engine;
    private readonly TreeDriver _tree;
    private readonly Lock _gate = new();
    private readonly List<HistoryEvent> _history;
    private readonly CancellationTokenSource _ended = new();
    private List<Mail> _mail = [];
    private OrchestrationExecution? _live;
    private string? _customStatus;
    private bool _hasPrelude;
    private bool _poked;
    private bool _running;
    private bool _halted;

    public InstanceDriver(EngineParts engine, TreeDriver tree, StoredInstance stored)
    {
        _engine = engine;
        _tree = tree;
        _history = [.. stored.History];
        _customStatus = stored.CustomStatus;
        _hasPrelude = !_history.OfType<TurnStarted>().Any();
        Identity = stored.Identity;
        Execution = stored.Execution;
    }

    public InstanceIdentity Identity { get; }

    /// <summary>How often it has continued as new.</summary>
    public int Execution { get; private set; }

    /// <summary>The epoch of the lease it is driven under.</summary>
    public long Epoch => _tree.Lease.Epoch;

    /// <summary>Cancelled when nobody wants results of this instance's activities any more.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>What its history says is under way; to be asked before the first turn.</summary>
    public PendingWork PendingWork => PendingWork.Of(_history);

    /// <summary>Queues something for the next turn.</summary>
    public void Enqueue(Mail mail)
    {
        lock (_gate)
        {
            if (_halted)
                return;
            _mail.Add(mail);
            RunLocked();
        }
    }

    /// <summary>Runs turns if there is reason to.</summary>
    public void Start()
    {
        lock (_gate)
            RunLocked();
    }

    /// <summary>No further turn begins, and nothing more is queued.</summary>
    public void Halt()
    {
        lock (_gate)
        {
            _halted = true;
            _mail.Clear();
        }
    }

    /// <summary>Cancels its activities: their results are not wanted.</summary>
    public void CancelActivities() => _engine.Cancel(_ended);

    private void Poke()
    {
        lock (_gate)
        {
            _poked = true;
            RunLocked();
        }
    }

    private void RunLocked()
    {
        if (_running || _halted || !HasReasonLocked())
            return;
        _running = true;
        _tree.Turns.Start(RunTurnsAsync);
    }

    /// <summary>While its tree is stopping, only what would be lost counts: results of activities that have just finished.</summary>
    private bool HasReasonLocked() => _tree.IsStopping
        ? !_hasPrelude && _mail.Exists(mail => mail.MessageId is null)
        : _hasPrelude || _poked || _mail.Count > 0;

    private bool TryTake(out List<Mail> mail)
    {
        lock (_gate)
        {
            mail = _mail;
            if (_halted || !HasReasonLocked())
            {
                _running = false;
                return false;
            }

            _mail = [];
            _poked = false;
            return true;
        }
    }

    private async Task RunTurnsAsync()
    {
        while (TryTake(out var mail))
        {
            var (commit, turn) = Decide(mail);
            if (commit is null)
                continue;
            var committed = await ToldCommit.CommitAsync(_engine, commit);
            if (committed is null)
            {
                _tree.Lose();
                return;
            }

            Advance(commit, turn);
            _tree.Act(this, commit, turn, committed);
        }
    }

    /// <summary>Runs the turn; null: nothing changed by it.</summary>
    private (TurnCommit? Commit, Turn? Turn) Decide(List<Mail> mail)
    {
        var now = _engine.Now;
        List<long> consumed = [.. mail.Where(m => m.MessageId is not null).Select(m => m.MessageId!.Value)];
        IReadOnlyList<ReceivedEvent> received = [.. mail.Where(m => m.Execution is null || m.Execution == Execution).Select(m => m.Event)];
        IReadOnlyList<ReceivedEvent> prelude = _hasPrelude ? [.. _history.OfType<ReceivedEvent>()] : [];

        var basis = new TurnBasis(_tree.Lease, Identity, Execution, _history.Count, consumed, now);
        _live ??= Revive();
        if (_live.Run(TurnTime(now), prelude, received) is { } turn)
        {
            turn = TurnCommits.Bound(turn, Identity, _history.Count, _engine.Options.MaxHistoryEvents);
            return (TurnCommits.Of(turn, basis), turn);
        }

        return consumed.Count == 0 ? (null, null) : (TurnCommits.Discard(basis, _customStatus), null);
    }

    /// <summary>The clock of another machine or a corrected one may be behind; an orchestrator's time never goes back.</summary>
    private DateTime TurnTime(DateTimeOffset now)
    {
        var last = _history.FindLast(entry => entry is TurnStarted) is TurnStarted turn ? turn.Now : DateTime.MinValue;
        return now.UtcDateTime > last ? now.UtcDateTime : last;
    }

    private OrchestrationExecution Revive()
    {
        _engine.Live.Add();
        _engine.Registry.Orchestrators.TryGetValue(Identity.Name, out var definition);
        var live = new OrchestrationExecution(Identity, Execution, definition, _customStatus, Poke);
        if (!_hasPrelude)
            live.Replay(_history);
        return live;
    }

    private void Advance(TurnCommit commit, Turn? turn)
    {
        if (commit.KeptHistory == 0)
            _history.Clear();
        _history.AddRange(commit.Append);
        _customStatus = commit.CustomStatus;
        lock (_gate)
        {
            _hasPrelude = turn?.End is ContinuedAsNew;
            Execution = commit.Execution;
        }

        if (turn?.End is not null || _engine.Live.Current > _engine.Options.MaxLiveOrchestrators)
        {
            _live = null;
            _engine.Live.Remove();
        }
    }
}
