namespace Fanout.Runs;

/// <summary>A run's live numbers, as the process that drives it last saw them.</summary>
public sealed record RunProgress
{
    /// <summary>When they were taken.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Items in the source; null: not counted yet.</summary>
    public long? Total { get; init; }

    /// <summary>Items that succeeded.</summary>
    public long Succeeded { get; init; }

    /// <summary>Items that failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Items that timed out for good.</summary>
    public long TimedOut { get; init; }

    /// <summary>Items cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>Items settled, whatever became of them.</summary>
    public long Settled => Succeeded + Failed + TimedOut + Cancelled;

    /// <summary>Items being handled right now.</summary>
    public int InFlight { get; init; }

    /// <summary>Items waiting to be tried again.</summary>
    public int WaitingForRetry { get; init; }

    /// <summary>Items settled a second, over the last seconds.</summary>
    public double ItemsPerSecond { get; init; }

    /// <summary>What the run may use now.</summary>
    public Allotment? Allotment { get; init; }

    /// <summary>What it is waiting for, in words: <c>handlers</c>, <c>rate</c>, <c>retry back-off</c>, <c>paused</c>, <c>source</c>, <c>engine</c>.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>Time to the end at the present speed; null: unknown.</summary>
    public TimeSpan? Remaining =>
        Total is { } total && ItemsPerSecond > 0 ? TimeSpan.FromSeconds(Math.Min((total - Settled) / ItemsPerSecond, 1e9)) : null;
}
