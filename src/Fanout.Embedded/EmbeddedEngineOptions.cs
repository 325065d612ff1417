using Fanout.Orchestration;

namespace Fanout.Embedded;

/// <summary>How an embedded engine behaves. The defaults are right for most.</summary>
public sealed record EmbeddedEngineOptions
{
    /// <summary>How long a root stays this engine's without a heartbeat. Default: 5 s.</summary>
    public TimeSpan LeaseLength { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often leases are renewed. Default: 1 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the store is asked for what other processes wrote. Default: 200 ms.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Events in one execution's history; an instance that would need more fails. Default: 1,000.</summary>
    public int MaxHistoryEvents { get; init; } = 1_000;

    /// <summary>Activities running at once in this engine; more wait their turn. Default: 10,000.</summary>
    public int MaxConcurrentActivities { get; init; } = 10_000;

    /// <summary>Orchestrators kept in memory between turns; one above that is replayed from its history at its next turn. Default: 10,000.</summary>
    public int MaxLiveOrchestrators { get; init; } = 10_000;

    /// <summary>How long <see cref="EmbeddedEngine.DisposeAsync"/> lets activities finish. Default: 5 s.</summary>
    public TimeSpan DisposeGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told, with the root's id, when another process has taken a root over. Default: nobody.</summary>
    public Action<string>? OnLeaseLost { get; init; }

    /// <summary>Where inputs, results and events of more than about 16 KiB are kept, which histories then only refer to; null, the default: in the histories.</summary>
    public IPayloadStore? Payloads { get; init; }

    /// <summary>Where in a trace what an orchestration commits belongs, by its root and its own id; default: nowhere, and no spans are made of it. Default: of none.</summary>
    public Func<string, string, System.Diagnostics.ActivityContext> PlaceOf { get; init; } = static (_, _) => default;

    /// <summary>Where turns and activities run. The simulation runs all of an engine on a scheduler of its own.</summary>
    internal TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}
