using System.Diagnostics.CodeAnalysis;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;

namespace Fanout.Embedded.Driving;

/// <summary>
/// Drives a root and its sub-orchestrations while this engine has their lease. It exists before the lease is claimed, so that no message
/// that comes while the tree is being read is missed.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without a timer or wait handle holds nothing to dispose.")]
internal sealed class TreeDriver
{
    private readonly EngineParts _engine;
    private readonly Lock _gate = new();
    private readonly WorkTracker _activities;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, InstanceDriver> _instances = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<AttachResult> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DrivingEnd> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<InboxMessage>? _early = [];
    private Lease? _lease;
    private long _lastMessageRead;
    private volatile bool _isStopping;
    private bool _isGone;

    public TreeDriver(EngineParts engine, string rootId)
    {
        _engine = engine;
        _activities = new WorkTracker(engine.Options.Scheduler, engine.Events.OnFault, engine.Work);
        Turns = new WorkTracker(engine.Options.Scheduler, engine.Events.OnFault, engine.Work);
        RootId = rootId;
    }

    public string RootId { get; }

    public Lease Lease => _lease ?? throw new InvalidOperationException($"'{RootId}' is driven before its lease is claimed.");

    /// <summary>Turn loops under way.</summary>
    public WorkTracker Turns { get; }

    /// <summary>True: nothing new starts.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>The answer to the claim.</summary>
    public Task<AttachResult> Attached => _attached.Task;

    /// <summary>Why this engine stopped driving it; fails when the store failed.</summary>
    public Task<DrivingEnd> Gone => _gone.Task;

    /// <summary>The lease to renew; null: there is none (any more).</summary>
    public Lease? RenewableLease
    {
        get
        {
            lock (_gate)
                return _isGone ? null : _lease;
        }
    }

    /// <summary>The claim was granted: what is under way goes on.</summary>
    public void Begin(ClaimedTree claimed)
    {
        List<InboxMessage> early;
        List<(InstanceDriver Instance, PendingWork Pending)> resumed = [];
        lock (_gate)
        {
            _lease = claimed.Lease;
            _lastMessageRead = claimed.LastMessage;
            // All is read before anything starts: the first turn changes histories, and its messages other instances.
            foreach (var stored in claimed.Instances)
            {
                var instance = AddLocked(stored);
                resumed.Add((instance, instance.PendingWork));
            }

            early = _early ?? [];
            _early = null;
        }

        _attached.TrySetResult(new AttachResult(AttachStatus.Attached));
        foreach (var message in claimed.Messages)
            Deliver(message);
        foreach (var message in early)
            Receive(message);
        foreach (var (instance, pending) in resumed)
        {
            StartTasks(instance, pending);
            instance.Start();
        }
    }

    /// <summary>The claim was refused.</summary>
    public void Refuse(AttachResult refusal)
    {
        lock (_gate)
            _isGone = true;
        _attached.TrySetResult(refusal);
        _gone.TrySetResult(DrivingEnd.Detached);
    }

    public bool Drives(string instanceId)
    {
        lock (_gate)
            return !_isGone && _instances.ContainsKey(instanceId);
    }

    /// <summary>A message was put into this tree's inboxes.</summary>
    public void Receive(InboxMessage message)
    {
        lock (_gate)
        {
            if (_early is not null)
            {
                _early.Add(message);
                return;
            }

            if (message.Id <= _lastMessageRead)
                return;
        }

        Deliver(message);
    }

    /// <summary>A turn was committed: what it decided begins now.</summary>
    public void Act(InstanceDriver instance, TurnCommit commit, Turn? turn, CommittedTurn committed)
    {
        if (turn is not null)
        {
            StartChildren(commit, committed);
            if (turn.End is null)
                StartTasks(instance, turn);
            else
                _engine.Timers.DisarmAll(instance);
        }

        if (commit.HasEnded)
            Remove(instance, commit);
        _engine.Events.OnSent(committed.Messages);
        if (committed.TreeEnded)
            End(DrivingEnd.Ended);
        // Last: whoever waited for the end may purge the instance and create it anew at once.
        if (commit.HasEnded)
            _engine.Events.OnInstanceGone(instance.Identity.Id);
    }

    /// <summary>The lease is somebody else's: everything stops at once.</summary>
    public void Lose() => End(DrivingEnd.LeaseLost);

    /// <summary>The store failed.</summary>
    public void Fault(Exception exception)
    {
        if (_gone.TrySetException(exception))
            _ = _gone.Task.Exception;
        if (_attached.TrySetException(exception))
            _ = _attached.Task.Exception;
        End(DrivingEnd.Detached);
    }

    /// <summary>
    /// Starts nothing new, tells activities to stop, commits the results of those that finish within <paramref name="grace"/>, and gives the lease back.
    /// </summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await Attached;
        _isStopping = true;
        _engine.Cancel(_stopping);
        try
        {
            await _activities.WhenIdleAsync().WaitAsync(grace, _engine.Time);
        }
        catch (TimeoutException)
        {
            // What still runs is dropped; it is pending in the store and runs again when the tree is driven again.
        }

        // Results that came in time are in the mail; after these turns nothing more is taken.
        await Turns.WhenIdleAsync();
        HaltAll();
        await Turns.WhenIdleAsync();
        try
        {
            if (RenewableLease is { } lease)
                await _engine.Store.ReleaseAsync([lease]);
        }
        finally
        {
            // A lease that could not be given back expires: it must not be renewed by who drives nothing.
            End(DrivingEnd.Detached);
        }
    }

    private InstanceDriver AddLocked(StoredInstance stored)
    {
        var instance = new InstanceDriver(_engine, this, stored);
        _instances[stored.Identity.Id] = instance;
        return instance;
    }

    private void Deliver(InboxMessage message)
    {
        InstanceDriver? instance;
        lock (_gate)
            _instances.TryGetValue(message.InstanceId, out instance);
        instance?.Enqueue(new Mail(message.Id, message.Execution, message.Event));
    }

    private void StartChildren(TurnCommit commit, CommittedTurn committed)
    {
        foreach (var child in commit.Children)
        {
            if (committed.RefusedChildren.Contains(child.Identity.Parent!.TaskId))
                continue;
            InstanceDriver instance;
            lock (_gate)
            {
                if (_isGone)
                    return;
                instance = AddLocked(new StoredInstance(child.Identity, 0, null, [child.Started]));
            }

            instance.Start();
        }
    }

    private void StartTasks(InstanceDriver instance, Turn turn)
    {
        foreach (var cancelled in turn.Events.OfType<TimerCancelled>())
            _engine.Timers.Disarm(instance, cancelled.TaskId);
        StartTasks(instance, PendingWork.Of(turn.Events));
    }

    private void StartTasks(InstanceDriver instance, PendingWork pending)
    {
        if (_isStopping)
            return;
        var execution = instance.Execution;
        foreach (var timer in pending.Timers)
            _engine.Timers.Arm(instance, execution, timer);
        foreach (var task in pending.Activities)
            _activities.Start(() => RunActivityAsync(instance, execution, task));
    }

    private async Task RunActivityAsync(InstanceDriver instance, int execution, TaskScheduled task)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, instance.Ended);
        await ActivityRun.RunAsync(_engine, instance, execution, task, stopping.Token);
    }

    private void Remove(InstanceDriver instance, TurnCommit commit)
    {
        lock (_gate)
            _instances.Remove(instance.Identity.Id);
        instance.Halt();
        if (commit.TerminateChildren is not null)
            instance.CancelActivities();
    }

    private void HaltAll()
    {
        foreach (var instance in Instances())
            instance.Halt();
    }

    private List<InstanceDriver> Instances()
    {
        lock (_gate)
            return [.. _instances.Values];
    }

    private void End(DrivingEnd end)
    {
        lock (_gate)
        {
            if (_isGone)
                return;
            _isGone = true;
        }

        _isStopping = true;
        foreach (var instance in Instances())
        {
            instance.Halt();
            _engine.Timers.DisarmAll(instance);
        }

        _engine.Cancel(_stopping);
        _engine.Events.OnTreeGone(this, end);
        foreach (var instance in Instances())
            _engine.Events.OnInstanceGone(instance.Identity.Id);
        _gone.TrySetResult(end);
    }
}
