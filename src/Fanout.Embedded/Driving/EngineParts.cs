using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Fanout.Runs;
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
