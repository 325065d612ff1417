using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout;

/// <summary>The request for a run. Made by <c>SpecReader</c>, which refuses what is not legal; every value here is.</summary>
public sealed record RunSpec
{
    /// <summary>The run's id, chosen by the caller for an idempotent start; null: one is generated.</summary>
    public string? Id { get; init; }

    /// <summary>What is run on each item.</summary>
    public required HandlerSpec Handler { get; init; }

    /// <summary>Where the items come from.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>How many at once and how fast.</summary>
    public FlowSpec Flow { get; init; } = new();

    /// <summary>Timeouts, retries, tolerance, deadline.</summary>
    public FailureSpec Failure { get; init; } = new();

    /// <summary>How ranges are worked.</summary>
    public BatchSpec Batch { get; init; } = new();

    /// <summary>What is kept and reduced.</summary>
    public ResultsSpec Results { get; init; } = new();

    /// <summary>Whom it tells when it has ended; null: nobody.</summary>
    public OnCompleteSpec? OnComplete { get; init; }
}

/// <summary>A handler by name, and its options.</summary>
/// <param name="Name">The name it is registered under.</param>
/// <param name="Options">A JSON object the handler defines; null: none.</param>
public sealed record HandlerSpec(string Name, JsonElement? Options = null);

/// <summary>How many items at once and how fast.</summary>
public sealed record FlowSpec
{
    /// <summary>Items in flight over the whole run, 1 to 100,000. Default: 4 x processors, at least 16.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;

    /// <summary>Item starts, retries included, from one in 30 days to 1,000,000 a second; null: no limit.</summary>
    public Rate? Rate { get; init; }

    /// <summary>Starts that may come at once, 1 to 1,000,000; null: a tenth of a second's worth of the rate, at least 1. Needs a rate.</summary>
    public int? Burst { get; init; }

    /// <summary>Names of limits shared with other runs, at most 16, in ordinal order. Default: none.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>Share of a contended limit relative to other runs, 0.001 to 1,000. Default: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Limits on items with the same key; null: none.</summary>
    public PerKeySpec? PerKey { get; init; }

    /// <summary>What an item counts for against concurrency, rate and limits; null: one unit each.</summary>
    public CostSpec? Cost { get; init; }

    /// <summary>True: finds the best concurrency up to <see cref="Concurrency"/> by itself, from the handlers' latencies. Default: false.</summary>
    public bool Adaptive { get; init; }

    /// <summary>What the run as a whole may use.</summary>
    public Allotment Allotment => new(Concurrency, Rate, Burst ?? DefaultBurst(Rate));

    /// <summary>A tenth of a second's worth of the rate, at least 1: enough to make up for a timer that fires late.</summary>
    public static int DefaultBurst(Rate? rate) =>
        rate is { } given ? (int)Math.Clamp(given.PerSecond / 10, 1, 1_000_000) : 1;

    /// <summary>4 x processors, at least 16.</summary>
    public static int DefaultConcurrency => Math.Max(16, 4 * Environment.ProcessorCount);
}

/// <summary>Limits on items with the same key, so that one slow or strict tenant does not hold up the others.</summary>
/// <param name="Key">A JSON pointer (RFC 6901) into the item; <c>""</c> is the whole item. Items without it have one key in common.</param>
public sealed record PerKeySpec(string Key)
{
    /// <summary>Units of one key in flight, 1 to 100,000; null: no limit but the run's, or 1 when <see cref="Ordered"/>.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Starts of one key, retries included; null: no limit.</summary>
    public Rate? Rate { get; init; }

    /// <summary>Starts of one key that may come at once, 1 to 1,000,000; null: a tenth of a second's worth of the rate, at least 1. Needs a rate.</summary>
    public int? Burst { get; init; }

    /// <summary>True: items with the same key run one after another, in the source's order, retries included. Default: false.</summary>
    public bool Ordered { get; init; }
}

/// <summary>What an item counts for: units, in whole numbers from 1 to 100,000.</summary>
/// <param name="Units">Units each; when there is a pointer, those of items that have nothing there.</param>
/// <param name="Pointer">A JSON pointer (RFC 6901) to a number in the item; null: all count the same.</param>
[JsonConverter(typeof(CostSpecJsonConverter))]
public sealed record CostSpec(int Units, string? Pointer);

/// <summary>What happens when an item does not succeed, and when the run takes too long.</summary>
public sealed record FailureSpec
{
    /// <summary>Per attempt, 1 ms to 24 h; null: no timeout.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When to try again.</summary>
    public RetrySpec Retry { get; init; } = new();

    /// <summary>Null: run everything and report what failed.</summary>
    public Tolerance? Tolerate { get; init; }

    /// <summary>For the whole run, 1 ms to 30 d, from its start; null: none.</summary>
    public TimeSpan? Deadline { get; init; }
}

/// <summary>Exponential back-off: the wait before attempt n+1 is <c>min(MaxDelay, FirstDelay x Backoff^(n-1))</c>, jittered.</summary>
public sealed record RetrySpec
{
    /// <summary>Attempts an item, the first included, 1 to 100. Default: 1 (no retry).</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>Before the second attempt, 0 to 1 h, not longer than <see cref="MaxDelay"/>. Default: 1 s, or that if it is shorter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Factor from one delay to the next, 1 to 10. Default: 2.</summary>
    public double Backoff { get; init; } = 2;

    /// <summary>The longest delay, 0 to 24 h. Default: 1 min, or <see cref="FirstDelay"/> if it is longer.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>True (the default): each delay is drawn evenly from half to all of its length, so that retries spread out.</summary>
    public bool Jitter { get; init; } = true;
}

/// <summary>How ranges are worked. The defaults are right for most runs.</summary>
public sealed record BatchSpec
{
    /// <summary>How long a batch takes items before it hands the rest of its range back, 100 ms to 5 min. Default: 10 s.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest range one batch is given, 1 to 1,000,000. Default: 100,000.</summary>
    public int MaxItems { get; init; } = 100_000;

    /// <summary>
    /// How often a batch makes durable what it has settled, 10 ms to 1 min, not longer than <see cref="Slice"/>; where results are files up to four times
    /// as often, while that is cheap. Default: 1 s, or the slice if it is shorter.
    /// </summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How batches reach workers. Default: as activities.</summary>
    public BatchDispatch Dispatch { get; init; }

    /// <summary>Branches the root fans out to, 1 to 256; null: as many as the lanes need.</summary>
    public int? Branches { get; init; }

    /// <summary>Lanes over all branches, 1 to 4,096; null: chosen from concurrency, rate and burst.</summary>
    public int? Lanes { get; init; }
}

/// <summary>How batches reach workers.</summary>
public enum BatchDispatch
{
    /// <summary>As activity calls.</summary>
    Activity,

    /// <summary>As queue messages; needs a storage account.</summary>
    Queue,
}

/// <summary>What is kept of the outcomes.</summary>
public sealed record ResultsSpec
{
    /// <summary>Default: all.</summary>
    public KeepResults Keep { get; init; } = KeepResults.All;

    /// <summary>The reducer's name: count, sum, min, max, or one registered in code; null: none.</summary>
    public string? Reduce { get; init; }
}

/// <summary>Which outcomes are written to the results.</summary>
public enum KeepResults
{
    /// <summary>Every item's.</summary>
    All,

    /// <summary>Only of items that did not succeed.</summary>
    Failures,

    /// <summary>None; the report still counts them.</summary>
    None,
}
