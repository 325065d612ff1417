using System.Globalization;
using Fanout.Runs;

namespace Fanout.Planning;

/// <summary>A plan in words and numbers: pure.</summary>
internal static class PlanPreviews
{
    public static PlanPreview Of(RunSpec spec, RunPlan plan)
    {
        var allotment = spec.Flow.Allotment;
        var minimum = allotment.Rate is { } rate ? MinimumTime(plan.Total, rate, allotment.Burst) : (TimeSpan?)null;
        if (plan.Source.ByKey is { } byKey && spec.Flow.PerKey is { Rate: { } ofKey } perKey)
            minimum = Later(minimum, MinimumTime(byKey.Largest, ofKey, perKey.Burst ?? FlowSpec.DefaultBurst(ofKey)));
        return new PlanPreview(plan.Total, plan.Branches, plan.Lanes, FirstRange(plan), allotment, minimum, Note(plan, allotment) + Keys(plan))
        {
            OnComplete = spec.OnComplete,
            Source = plan.Source,
        };
    }

    // Of keys the items are as many as on average.
    private static long FirstRange(RunPlan plan)
    {
        if (plan.Total == 0)
            return 0;
        var first = Planner.NextRange(plan.Length, plan.LanesPerBranch, plan.MinItems, plan.MaxItems, null);
        return plan.Source.ByKey is null ? first : (long)Math.Round((double)first * plan.Total / plan.Length);
    }

    private static TimeSpan Later(TimeSpan? one, TimeSpan other) => one > other ? one.Value : other;

    private static string Keys(RunPlan plan) =>
        plan.Source.ByKey is { Keys: > 0 } byKey ? string.Create(CultureInfo.InvariantCulture, $" By key: {byKey.Keys:N0} keys, {byKey.Largest:N0} items at most with the same.") : "";

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
