using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fanout.Runs;
using Fanout.Sources;

namespace Fanout.Planning.Costs;

/// <summary>What a run would take in Azure, beside what others would.</summary>
/// <param name="ItemTime">How long an item takes.</param>
/// <param name="IsAssumed">True: nobody said so.</param>
/// <param name="Options">What each option takes.</param>
/// <param name="Prices">What that was priced with.</param>
public sealed record AzurePlan(
    [property: JsonConverter(typeof(HumanDurationJsonConverter))] TimeSpan ItemTime,
    bool IsAssumed,
    IReadOnlyList<CostEstimate> Options,
    ImmutableSortedDictionary<string, Price> Prices)
{
    /// <summary>How long an item takes unless it is said: 100 ms, as a call over a network may.</summary>
    public static TimeSpan AssumedItemTime { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Plans a run as it would be planned in Azure: its lanes may each live in a process of their own.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="source">The counted source.</param>
    /// <param name="itemTime">How long an item takes; null: it is assumed.</param>
    /// <param name="prices">The prices.</param>
    public static PlanPreview Preview(RunSpec spec, SourcePlan source, TimeSpan? itemTime, PriceList prices)
    {
        ArgumentNullException.ThrowIfNull(prices);
        var plan = Planner.Plan(spec, source, processors: 1, oneProcess: false);
        var taken = itemTime ?? AssumedItemTime;
        var estimator = new CostEstimator(CostModel.Standard, prices);
        return PlanPreviews.Of(spec, plan) with
        {
            Azure = new AzurePlan(taken, itemTime is null, estimator.Estimate(Workload.Of(spec, plan, taken)), prices.ByName),
        };
    }
}
