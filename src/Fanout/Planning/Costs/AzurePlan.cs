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
    /// <param name="target">What is said of Azure.</param>
    public static PlanPreview Preview(RunSpec spec, SourcePlan source, AzureTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var plan = Planner.Plan(spec, source, processors: 1, oneProcess: false);
        var taken = target.ItemTime ?? AssumedItemTime;
        var estimator = new CostEstimator(CostModel.Standard, target.Prices);
        return PlanPreviews.Of(spec, plan) with
        {
            Azure = new AzurePlan(taken, target.ItemTime is null, estimator.Estimate(Workload.Of(spec, plan, taken)), target.Prices.ByName),
        };
    }

    /// <summary>Plans a run as it would be planned in Azure, its source counted here.</summary>
    /// <param name="runs">What counts it.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="target">What is said of Azure.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <exception cref="SourceException">The source is missing or unreadable.</exception>
    public static async Task<PlanPreview> PreviewAsync(IRunClient runs, RunSpec spec, AzureTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(spec);
        // The source is only counted: what needs a storage account need not be here.
        var counted = await runs.PreviewAsync(
            spec with { Batch = spec.Batch with { Dispatch = BatchDispatch.Activity }, OnComplete = null }, cancellationToken).ConfigureAwait(false);
        return Preview(spec, counted.Source ?? new SourcePlan(counted.Items, Fingerprint: null), target);
    }
}
