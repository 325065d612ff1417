using Fanout.Flow;
using Fanout.Sources;

namespace Fanout.Planning;

/// <summary>Spec to plan: pure arithmetic.</summary>
public static class Planner
{
    /// <summary>The most lanes one branch keeps: its history stays a few hundred events.</summary>
    public const int MaxLanesPerBranch = 16;

    // What a batch costs of its own, its files made durable and its result recorded, is some ten milliseconds.
    private static readonly TimeSpan WorthABatch = TimeSpan.FromMilliseconds(100);

    // Where lanes are apart it is some fifteen requests to a storage account, each of which takes its time and is paid for, and as many of an engine that
    // has its histories there.
    private static readonly TimeSpan WorthASending = TimeSpan.FromSeconds(1);

    // So many lanes find an instance each, where there are instances; more of them are given several items at once instead.
    private const int LanesOfOneItem = 16;
    private const int ItemsOfALane = 4;

    /// <summary>
    /// Plans a run. In one process lanes share one pool, so a few suffice for one to take over while another hands its range back;
    /// across processes each lane must be able to start an item of its own.
    /// </summary>
    /// <param name="spec">The spec.</param>
    /// <param name="source">The counted source.</param>
    /// <param name="processors">Processors of this machine.</param>
    /// <param name="oneProcess">True: all lanes of a run live in one process, unless its batches go through a queue: then whichever takes one works it.</param>
    public static RunPlan Plan(RunSpec spec, SourcePlan source, int processors, bool oneProcess)
    {
        var byQueue = spec.Batch.Dispatch == BatchDispatch.Queue;
        return Cut(spec, source, processors, oneProcess && !byQueue) with { ByQueue = byQueue, LanesAreApart = !oneProcess };
    }

    /// <summary>
    /// Length of the next range by guided self-scheduling (Polychronopoulos and Kuck, 1987): half an even share of what is left, so that the
    /// last ranges are small and all takers end together; never more than twice what one slice has been seen to get through, and never fewer
    /// than a taker can have in flight: else few slow items would leave most of the run's concurrency unused.
    /// </summary>
    /// <param name="remaining">Items left to hand out.</param>
    /// <param name="takers">How many take from them.</param>
    /// <param name="minItems">The shortest range, while so many items are left.</param>
    /// <param name="maxItems">The longest range.</param>
    /// <param name="seenPerSlice">The most items one slice got through before it was over; null: no slice ended before its range.</param>
    public static long NextRange(long remaining, int takers, long minItems, long maxItems, long? seenPerSlice)
    {
        var share = DivideUp(remaining, 2L * takers);
        var adapted = seenPerSlice is { } seen ? Math.Max(1, 2 * seen) : maxItems;
        return Math.Clamp(Math.Min(share, adapted), Math.Clamp(Math.Min(minItems, remaining), 1, Math.Max(1, maxItems)), Math.Max(1, maxItems));
    }

    /// <summary>The shortest range that is worth a batch: it can use its lane's part of the allotment, and the work outweighs the batch's own cost.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="itemsPerSecond">How fast a lane was last seen to be; 0: it is not known.</param>
    public static long LeastRange(RunPlan plan, double itemsPerSecond) =>
        Math.Max(plan.MinItems, (long)Math.Min(itemsPerSecond * (plan.LanesAreApart ? WorthASending : WorthABatch).TotalSeconds, plan.MaxItems));

    /// <summary>The shortest share of a branch, while so many items are left: what its lanes together may have in flight.</summary>
    public static long LeastShare(RunPlan plan) => plan.LanesAreApart || plan.Source.ByKey is not null ? (long)plan.MinItems * plan.LanesPerBranch : plan.MinItems;

    private static RunPlan Cut(RunSpec spec, SourcePlan source, int processors, bool oneProcess)
    {
        var most = oneProcess ? spec.Flow.Concurrency : AllotmentSplit.MostParts(spec.Flow.Allotment);
        var wanted = spec.Batch.Lanes ?? (oneProcess ? Math.Max(2, 2 * processors) : Math.Max(LanesOfOneItem, DivideUp(spec.Flow.Concurrency, ItemsOfALane)));
        var length = source.ByKey?.Keys ?? source.ItemCount;
        var useful = Math.Min(Math.Min(wanted, most), Math.Max(1, length));
        var lanes = (int)Math.Clamp(useful, 1, 4_096);
        var branches = Math.Min(spec.Batch.Branches ?? DivideUp(lanes, MaxLanesPerBranch), (int)Math.Clamp(length, 1, 256));
        var perBranch = Math.Clamp(lanes / branches, 1, MaxLanesPerBranch);
        if (source.ByKey is not null)
            return PlanByKey(source, branches, perBranch, oneProcess);
        // A lane that shares the pool may have what its branch has, and must have as many items: where every lane had no more than its own part, none would have
        // an item left for the slots another gives up at its end.
        var inFlight = DivideUp(spec.Flow.Concurrency, oneProcess ? branches : branches * perBranch);
        return new RunPlan(source, branches, perBranch, Math.Min(inFlight, spec.Batch.MaxItems), spec.Batch.MaxItems);
    }

    // A batch keeps as many keys going as it has, so it is given an even share of them at once: in small ranges, each with a key that is slow,
    // the slow keys would be all that runs. Across processes, where a lane's allotment is its own, the shares are smaller, to end together.
    private static RunPlan PlanByKey(SourcePlan source, int branches, int lanesPerBranch, bool oneProcess)
    {
        var shares = (long)branches * lanesPerBranch * (oneProcess ? 1 : 4);
        var share = (int)Math.Clamp(DivideUp(source.ByKey!.Value.Keys, shares), 1, int.MaxValue);
        return new RunPlan(source, branches, lanesPerBranch, share, share);
    }

    private static int DivideUp(int value, int by) => (value + by - 1) / by;

    private static long DivideUp(long value, long by) => (value / by) + (value % by == 0 ? 0 : 1);
}
