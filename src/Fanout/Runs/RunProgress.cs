namespace Fanout.Runs;

/// <summary>A run's live numbers, as those who work it last saw them.</summary>
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

    /// <summary>How long the attempts took that ended in the last 5 s; null: none did.</summary>
    public LatencySketch? Latency { get; init; }

    /// <summary>What the run may use now.</summary>
    public Allotment? Allotment { get; init; }

    /// <summary>
    /// What it waits for most, in words: <c>paused</c>, <c>handlers to end</c> when nothing new starts any more, <c>announcing</c> when it has
    /// ended and tells so, else the first of <see cref="Waits"/>; null: it has ended, or nobody has seen it yet.
    /// </summary>
    public string? WaitingFor { get; init; }

    /// <summary>
    /// Where the time of the run's places, as many as its concurrency and no more than it has items left, went in the last 5 s: running
    /// handlers, or waiting for what. Most first; the percents add up to 100. Empty: it has ended, or nobody has seen it yet.
    /// </summary>
    public IReadOnlyList<WaitShare> Waits { get; init; } = [];

    /// <summary>How many places <see cref="Waits"/> tells of: what it weighs beside those of others. 0: not told.</summary>
    public int Places { get; init; }

    /// <summary>Time to the end at the present speed; null: unknown.</summary>
    public TimeSpan? Remaining =>
        Total is { } total && ItemsPerSecond > 0 ? TimeSpan.FromSeconds(Math.Min((total - Settled) / ItemsPerSecond, 1e9)) : null;

    /// <summary>
    /// What all shards of a run come to: counts, items in flight, speeds and latencies add up, <see cref="Waits"/> are weighted by their places, the total and
    /// the allotment are the coordinator's, and <see cref="At"/> is the newest. A shard that has not been renewed for
    /// <see cref="ProgressShard.FreshFor"/> counts with what it counted, and no longer with what it did then.
    /// </summary>
    /// <param name="shards">The shards, each once, in any order.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null: there are none.</returns>
    public static RunProgress? Merge(IEnumerable<ProgressShard> shards, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var sums = shards.Select(shard => ProgressSum.Of(shard, now)).ToList();
        return sums.Count == 0 ? null : sums.Aggregate((sum, next) => sum + next).ToProgress();
    }
}
