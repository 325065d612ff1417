using Fanout.Runs;

namespace Fanout.Planning;

/// <summary>A plan in words and numbers: pure.</summary>
internal static class PlanPreviews
{
    public static PlanPreview Of(RunSpec spec, RunPlan plan)
    {
        var allotment = spec.Flow.Allotment;
        var minimum = allotment.Rate is { } rate ? MinimumTime(plan.Total, rate, allotment.Burst) : (TimeSpan?)null;
        var first = Planner.NextRange(plan.Length, plan.LanesPerBranch, plan.MinItems, plan.MaxItems, null);
        return new PlanPreview(plan.Total, plan.Branches, plan.Lanes, plan.Total == 0 ? 0 : first, allotment, minimum, Note(plan, allotment));
    }

    // A burst's worth starts at once, each further item an interval later; no first attempt can come sooner.
    private static TimeSpan MinimumTime(long total, Rate rate, int burst) =>
        total <= burst ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min((total - burst) / rate.PerSecond, TimeSpan.MaxValue.TotalSeconds / 2));

    private static string Note(RunPlan plan, Allotment allotment)
    {
        if (plan.Total == 0)
            return "The source has no items.";
        if (allotment.Rate is { } rate)
            return $"Bounded by its rate when items take less than {allotment.Concurrency / rate.PerSecond:0.###} s on average, else by its concurrency.";
        return $"Bounded by its concurrency: the items' average duration x {(double)plan.Total / allotment.Concurrency:#,0.#}.";
    }
}
