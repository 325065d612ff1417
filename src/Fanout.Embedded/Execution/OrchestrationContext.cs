using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Execution;

/// <summary>The context of one execution: turns calls into decisions, and received events into completed tasks.</summary>
internal sealed class OrchestrationContext(
    InstanceIdentity identity, int execution, TurnSynchronizationContext turn, string? customStatus) : IOrchestrationContext
{
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly EventInbox _events = new(turn);
    private int _lastTaskId;
    private int _lastGuid;

    public DecisionLog Decisions { get; } = new();

    public string Name => identity.Name;

    public string InstanceId => identity.Id;

    public string? ParentInstanceId => identity.Parent?.InstanceId;

    public DateTime CurrentUtcDateTime { get; private set; }

    public bool IsReplaying => Decisions.IsReplaying;

    /// <summary>The custom status as JSON.</summary>
    public string? CustomStatus { get; private set; } = customStatus;

    /// <summary>What the next execution was asked to begin with; null: it was not asked for.</summary>
    public (string? Input, bool KeepEvents)? Next { get; private set; }

    /// <summary>Events nobody has waited for.</summary>
    public IEnumerable<EventRaised> UnclaimedEvents => _events.Unclaimed;

    /// <summary>True when some task of this context can still complete.</summary>
    public bool HasOpenTasks => _open.Count > 0 || _events.Waiting > 0;

    public void BeginTurn(DateTime now, IEnumerable<DecisionEvent>? recorded)
    {
        CurrentUtcDateTime = now;
        Decisions.BeginTurn(recorded);
    }

    /// <summary>Completes what the event is for. False: nothing is waiting for it (cancelled, completed before), so it is no part of the history.</summary>
    public bool Apply(ReceivedEvent received)
    {
        if (received is EventRaised raised)
        {
            _events.Deliver(raised);
            return true;
        }

        if (received is not TaskEvent taskEvent || !_open.Remove(taskEvent.TaskId, out var open))
            return false;
        switch (taskEvent)
        {
            case TaskCompleted completed:
                open.Complete(completed.Result);
                break;
            case SubOrchestrationCompleted completed:
                open.Complete(completed.Result);
                break;
            case TimerFired:
                open.Complete(null);
                break;
            case TaskFailed failed:
                open.Fail(failed.Failure);
                break;
            case SubOrchestrationFailed failed:
                open.Fail(failed.Failure);
                break;
        }

        return true;
    }

    public Task<TResult> CallActivityAsync<TResult>(string name, object? input = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        EnsureOnTurn();
        var json = PayloadJson.Write(input);
        return Open<TResult>(name, id => new TaskScheduled(id, name, json)).Task;
    }

    public Task<TResult> CallSubOrchestratorAsync<TResult>(string orchestratorName, object? input = null, string? instanceId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName);
        EnsureOnTurn();
        var json = PayloadJson.Write(input);
        return Open<TResult>(
            orchestratorName,
            id => new SubOrchestrationCreated(id, orchestratorName, instanceId ?? $"{InstanceId}:{execution}.{id}", json)).Task;
    }

    public Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureOnTurn();
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        var utc = fireAt.Kind == DateTimeKind.Local ? fireAt.ToUniversalTime() : DateTime.SpecifyKind(fireAt, DateTimeKind.Utc);
        var open = Open<object?>("timer", id => new TimerCreated(id, utc));
        var taskId = _lastTaskId;
        if (cancellationToken.CanBeCanceled)
            cancellationToken.Register(() => CancelTimer(taskId, cancellationToken));
        return open.Task;
    }

    public Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        EnsureOnTurn();
        return _events.Wait<T>(eventName, cancellationToken);
    }

    public void SendEvent(string instanceId, string eventName, object? payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        EnsureOnTurn();
        Decisions.Add(new EventSent(instanceId, eventName, PayloadJson.Write(payload)));
    }

    public void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true)
    {
        EnsureOnTurn();
        Next = (PayloadJson.Write(newInput), preserveUnprocessedEvents);
    }

    public void SetCustomStatus(object? customStatus)
    {
        EnsureOnTurn();
        CustomStatus = PayloadJson.Write(customStatus);
    }

    /// <summary>A version 8 UUID (RFC 9562): a hash of where in which execution it was asked for.</summary>
    public Guid NewGuid()
    {
        EnsureOnTurn();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{InstanceId}\n{execution}\n{++_lastGuid}")).AsSpan(0, 16);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((BinaryPrimitives.ReadUInt16BigEndian(hash[6..]) & 0x0FFF) | 0x8000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private OpenTask<T> Open<T>(string name, Func<int, DecisionEvent> decide)
    {
        var open = new OpenTask<T>(name);
        Decisions.Add(decide(++_lastTaskId));
        _open.Add(_lastTaskId, open);
        return open;
    }

    private void CancelTimer(int taskId, CancellationToken cancellationToken)
    {
        // A timer that fired is not open any more; cancelling its token then means nothing.
        if (!_open.ContainsKey(taskId) || !turn.CheckOnTurn())
            return;
        _open.Remove(taskId, out var open);
        Decisions.Add(new TimerCancelled(taskId));
        open!.Cancel(cancellationToken);
    }

    private void EnsureOnTurn()
    {
        if (!turn.CheckOnTurn())
            throw new InvalidOperationException(Failures.ForeignTask(Name, InstanceId).ErrorMessage);
    }
}
