using Fanout.Planning;
using Fanout.Planning.Costs;
using Fanout.Runs;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Planning;

public sealed class PlanPreviewsTests
{
    private static readonly Rate Fifty = Rate.Parse("50/s");

    [Fact]
    public void WithoutARate_TheConcurrencyIsTheBound()
    {
        var preview = Preview(new FlowSpec { Concurrency = 8 }, 1_000);
        Assert.Null(preview.MinimumByRate);
        Assert.Equal("Bounded by its concurrency: the items' average duration x 125.", preview.Note);
        Assert.Equal((1_000L, 8), (preview.Items, preview.Allotment.Concurrency));
        Assert.Equal((1, 4, 125L), (preview.Branches, preview.Lanes, preview.FirstRange));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 0.02)]
    [InlineData(1_005, 20)]
    public void UnderARate_WhatIsOverTheBurstTakesTime(int items, double seconds)
    {
        var preview = Preview(new FlowSpec { Concurrency = 8, Rate = Fifty, Burst = 5 }, items);
        Assert.Equal(TimeSpan.FromSeconds(seconds), preview.MinimumByRate);
        Assert.Equal("Bounded by its rate when items take less than 0.16 s on average, else by its concurrency.", preview.Note);
    }

    [Fact]
    public void NoItems_AreSaid() => Assert.Equal(("The source has no items.", 0L), (Preview(new FlowSpec(), 0) is var none ? (none.Note, none.FirstRange) : default));

    [Fact]
    public void RateThatWouldTakeForEver_HasATime() =>
        Assert.True(Preview(new FlowSpec { Rate = new Rate(1.0 / 30, TimeSpan.FromDays(1)) }, 1_000_000_000_000).MinimumByRate > TimeSpan.FromDays(365_000));

    [Theory]
    [InlineData(0, 1, 10, 30, 20)]
    [InlineData(50, 1, 10, 30, 39.9)]
    [InlineData(50, 1, 10, 1_000, 990)]
    [InlineData(0, 100, null, 30, 0.2)]
    public void ByKey_TheLargestKeyUnderItsRate_CanBeTheBound(int perSecond, int perSecondOfKey, int? burstOfKey, int largest, double seconds)
    {
        var flow = new FlowSpec { PerKey = new PerKeySpec("/tenant") { Rate = new Rate(perSecondOfKey, TimeSpan.FromSeconds(1)), Burst = burstOfKey } };
        if (perSecond > 0)
            flow = flow with { Rate = new Rate(perSecond, TimeSpan.FromSeconds(1)), Burst = 5 };
        Assert.Equal(TimeSpan.FromSeconds(seconds), Preview(flow, 2_000, new KeyCounts(100, largest)).MinimumByRate);
    }

    [Fact]
    public void ByKey_KeysAreCounted_AndRangesAreOfItems()
    {
        var preview = Preview(new FlowSpec { Concurrency = 8, PerKey = new PerKeySpec("/tenant") { Concurrency = 1 } }, 2_000, new KeyCounts(100, 150));
        Assert.Null(preview.MinimumByRate);
        Assert.EndsWith(" By key: 100 keys, 150 items at most with the same.", preview.Note, StringComparison.Ordinal);
        // An even share for each of four lanes; 20 items have a key on average.
        Assert.Equal(25 * 20, preview.FirstRange);
        Assert.DoesNotContain("By key", Preview(new FlowSpec { PerKey = new PerKeySpec("/tenant") { Concurrency = 1 } }, 0, new KeyCounts(0, 0)).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void ForAzure_LanesMayBeApart_AndATimeThatNobodySaidIsAssumed()
    {
        var spec = Spec(new FlowSpec { Concurrency = 64 });
        var preview = AzurePlan.Preview(spec, new SourcePlan(100_000, null), new AzureTarget(null, PriceList.BuiltIn));
        Assert.Equal(16, preview.Lanes);
        Assert.Equal((AzurePlan.AssumedItemTime, true, 5), (preview.Azure!.ItemTime, preview.Azure.IsAssumed, preview.Azure.Options.Count));
        Assert.Equal(TimeSpan.FromMilliseconds(100), AzurePlan.AssumedItemTime);
        Assert.Same(PriceList.BuiltIn.ByName, preview.Azure.Prices);

        var said = AzurePlan.Preview(spec, new SourcePlan(100_000, null), new AzureTarget(TimeSpan.FromSeconds(2), PriceList.BuiltIn)).Azure!;
        Assert.Equal((TimeSpan.FromSeconds(2), false), (said.ItemTime, said.IsAssumed));
        var workload = Workload.Of(spec, Planner.Plan(spec, new SourcePlan(100_000, null), 1, oneProcess: false), TimeSpan.FromSeconds(2));
        Assert.Equal((100_000L, 16, 64, 4.0, 100_000.0), (workload.Items, workload.Lanes, workload.Concurrency, workload.ShortestRange, workload.LongestRange));
        Assert.Equal(new CostEstimator(CostModel.Standard, PriceList.BuiltIn).Estimate(workload), said.Options);
    }

    private static PlanPreview Preview(FlowSpec flow, long items, KeyCounts? byKey = null)
    {
        var spec = Spec(flow);
        return PlanPreviews.Of(spec, Planner.Plan(spec, new SourcePlan(items, null) { ByKey = byKey }, processors: 2, oneProcess: true));
    }

    private static RunSpec Spec(FlowSpec flow) =>
        new() { Handler = new HandlerSpec("noop"), Source = new RangeSourceSpec { Start = 0, End = 1 }, Flow = flow, Batch = new BatchSpec() };
}
