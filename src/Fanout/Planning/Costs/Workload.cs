namespace Fanout.Planning.Costs;

/// <summary>What an estimate is made of: a run's plan, and how long its items take.</summary>
/// <param name="Items">Items in the source.</param>
/// <param name="Lanes">Lanes over all branches.</param>
/// <param name="Branches">Branches the root keeps busy.</param>
/// <param name="Concurrency">Items in flight.</param>
/// <param name="ItemTime">How long one takes.</param>
public sealed record Workload(long Items, int Lanes, int Branches, int Concurrency, TimeSpan ItemTime)
{
    /// <summary>The least time the run's rate allows; null: it has none.</summary>
    public TimeSpan? MinimumByRate { get; init; }

    /// <summary>The shortest range. Default: 1.</summary>
    public double ShortestRange { get; init; } = 1;

    /// <summary>The longest range. Default: 100,000.</summary>
    public double LongestRange { get; init; } = 100_000;

    /// <summary>How long a batch takes items. Default: 10 s.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a batch makes durable what it has settled. Default: 1 s.</summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>True: batches travel by queue. Default: they are activities.</summary>
    public bool ByQueue { get; init; }

    /// <summary>Of a run: of its spec, its plan, and how long an item takes.</summary>
    public static Workload Of(RunSpec spec, RunPlan plan, TimeSpan itemTime)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(plan);
        // Of keys the items are as many as on average.
        var itemsAPlace = plan.Length == 0 ? 1 : (double)plan.Total / plan.Length;
        return new Workload(plan.Total, plan.Lanes, plan.Branches, spec.Flow.Concurrency, itemTime)
        {
            MinimumByRate = PlanPreviews.Of(spec, plan).MinimumByRate,
            ShortestRange = plan.MinItems * itemsAPlace,
            LongestRange = plan.MaxItems * itemsAPlace,
            Slice = spec.Batch.Slice,
            Checkpoint = spec.Batch.Checkpoint,
            ByQueue = plan.ByQueue,
        };
    }
}
