using Fanout.Runs;
using Fanout.Views;

namespace Fanout.Client.Views;

/// <summary>Something that happened to a run: one of the three.</summary>
public sealed record RunEvent
{
    /// <summary>Names it, to go on after it.</summary>
    public string? Id { get; init; }

    /// <summary>The run changed: as it is now, without its spec; null: it is another event.</summary>
    public RunView? Run { get; init; }

    /// <summary>Numbers of a moment; null: it is another event.</summary>
    public RunSample? Sample { get; init; }

    /// <summary>True: the run is over, and nothing comes after this.</summary>
    public bool IsEnd { get; init; }
}

/// <summary>A run's numbers at a moment, about one a second.</summary>
public sealed record RunSample
{
    /// <summary>When they were taken.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Items settled.</summary>
    public long Settled { get; init; }

    /// <summary>Items that succeeded.</summary>
    public long Succeeded { get; init; }

    /// <summary>Items settled otherwise than Succeeded.</summary>
    public long Unsuccessful { get; init; }

    /// <summary>Items being handled.</summary>
    public int InFlight { get; init; }

    /// <summary>Items settled a second.</summary>
    public double ItemsPerSecond { get; init; }

    /// <summary>Where the time of the run's places went.</summary>
    public IReadOnlyList<WaitShare> Waits { get; init; } = [];

    /// <summary>How long attempts took; null: none ended.</summary>
    public LatencyView? Latency { get; init; }

    /// <summary>Items it may have in flight.</summary>
    public int Concurrency { get; init; }

    /// <summary>Starts it may have in time; null: no limit.</summary>
    public Rate? Rate { get; init; }
}
