using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Microsoft.Extensions.Logging;

namespace Fanout.Embedded.Driving;

/// <summary>What the parts of one engine share.</summary>
internal sealed record EngineParts
{
    public required IEngineStore Store { get; init; }

    public required OrchestrationRegistry Registry { get; init; }

    public required EmbeddedEngineOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>This engine as leases and messages name it.</summary>
    public required string Owner { get; init; }

    public required DurableTimers Timers { get; init; }

    /// <summary>One slot for every activity that may run.</summary>
    public required SemaphoreSlim ActivitySlots { get; init; }

    /// <summary>Everything under way in this engine.</summary>
    public required WorkTracker Work { get; init; }

    public required LiveCount Live { get; init; }

    public required IEngineEvents Events { get; init; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Cancels on the engine's scheduler: what the callbacks do, or throw, is no business of whoever asks.</summary>
    public void Cancel(CancellationTokenSource source) => Work.Start(() =>
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            Logger.CancellationCallbackFailed(e);
        }

        return Task.CompletedTask;
    });

    public LeaseClaim Claim() => new(Owner, Now, Now + Options.LeaseLength, ProcessOwner.IsDead);
}

/// <summary>What the parts tell their engine.</summary>
internal interface IEngineEvents
{
    /// <summary>Messages were put into inboxes by this engine.</summary>
    void OnSent(IReadOnlyList<InboxMessage> messages);

    /// <summary>An instance ended, or is not driven here any more.</summary>
    void OnInstanceGone(string instanceId);

    /// <summary>A tree is not driven here any more.</summary>
    void OnTreeGone(TreeDriver tree, DrivingEnd end);

    /// <summary>The store cannot be used, or the engine has a defect: nothing is driven any more.</summary>
    void OnFault(Exception exception);
}

/// <summary>How many orchestrators an engine holds in memory.</summary>
internal sealed class LiveCount
{
    private int _count;

    /// <summary>Counts one more; returns how many there are.</summary>
    public int Add() => Interlocked.Increment(ref _count);

    public int Current => Volatile.Read(ref _count);

    public void Remove() => Interlocked.Decrement(ref _count);
}
