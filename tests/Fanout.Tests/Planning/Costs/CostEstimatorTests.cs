using CsCheck;
using Fanout.Planning.Costs;
using Xunit;

namespace Fanout.Tests.Planning.Costs;

public sealed class CostEstimatorTests
{
    private static readonly CostEstimator Estimator = new(CostModel.Standard, PriceList.BuiltIn);
    private static readonly Workload Million = new(1_000_000, 64, 4, 64, TimeSpan.FromMilliseconds(20));

    [Fact]
    public void OneActivityAnItem_IsMessagesAndRowsOfEach()
    {
        var estimate = Of(CostOption.OneActivityAnItem, Million);
        Assert.Equal(1_000_000, estimate.Activities);
        Assert.Equal(6_000_003, estimate.Storage.Queue);
        // 31,251 times an orchestrator reads 1.5 million rows on average, a thousand at once.
        Assert.Equal((31_251 * 1_501) + 10_000 + (2 * 31_251), estimate.Storage.Table);
        // 100 activities a second, whatever the concurrency.
        Assert.Equal(TimeSpan.FromSeconds(10_000), estimate.Time);
        Assert.Equal(6_000_003 * 0.004 / 10_000 + (estimate.Storage.Table * 0.00036 / 10_000), estimate.Usd.Storage, 6);
        Assert.Equal(10_000 * 2 * 0.000026 + (1_031_251 * 0.4 / 1_000_000), estimate.Usd.Compute, 6);
    }

    [Fact]
    public void DistributedMap_IsTransitionsOrRequests()
    {
        var standard = Of(CostOption.DistributedMapStandard, Million);
        Assert.Equal((2_000_000, 1_000_001), (standard.Actions, standard.Orchestrations));
        Assert.Equal(50, standard.Usd.Total, 6);
        Assert.Equal(TimeSpan.FromSeconds(1_000), standard.Time);
        // One transition and one request each, and 100 ms of 64 MB.
        Assert.Equal(25 + 1 + (1_000_000 * 0.1 / 16 * 0.00001667), Of(CostOption.DistributedMapExpress, Million).Usd.Total, 6);
        var slow = Million with { Concurrency = 100_000, ItemTime = TimeSpan.FromSeconds(60) };
        Assert.Equal(TimeSpan.FromSeconds(6_000), Of(CostOption.DistributedMapStandard, slow).Time);
    }

    [Fact]
    public void DurableTaskScheduler_CountsWhatItDispatches()
    {
        var load = new Workload(160, 16, 1, 16, TimeSpan.FromSeconds(1)) { ByQueue = true };
        var run = new FanoutShape(load, CostModel.Standard);
        var scheduler = Of(CostOption.FanoutOnDurableTaskScheduler, load);
        // A root, a branch and its result, the activities and theirs, the events.
        Assert.Equal(1 + (2 * run.Branches) + (2 * run.Activities) + run.Events, scheduler.Actions);
        Assert.Equal(scheduler.Actions * 0.003, scheduler.Usd.Actions, 6);
        Assert.Equal(1 + run.Branches, scheduler.Orchestrations);
        var storage = Of(CostOption.FanoutOnAzureStorage, load);
        Assert.Equal(0, storage.Actions);
        Assert.Equal(
            (6 * run.Activities) + (3 * (1 + (2 * run.Branches) + run.Events)), storage.Storage.Queue - Estimator.OfFanout(load).Queue, 1.0);
        Assert.Equal(3 * run.Episodes, storage.Storage.Table - Estimator.OfFanout(load).Table, 1.0);
    }

    [Fact]
    public void BatchesThatAreActivities_SendNoMessagesOfTheirOwn()
    {
        Assert.Equal(CostModel.Standard.OfARun.Queue, Estimator.OfFanout(Million).Queue);
        Assert.True(Estimator.OfFanout(Million with { ByQueue = true }).Queue > 1_000);
    }

    [Fact]
    public void Fanout_CostsLessThanAnActivityAnItem()
    {
        var (fanout, naive) = (Of(CostOption.FanoutOnAzureStorage, Million), Of(CostOption.OneActivityAnItem, Million));
        Assert.True(fanout.Storage.Total * 100 < naive.Storage.Total);
        Assert.True(fanout.Activities * 100 < naive.Activities);
        Assert.True(fanout.Time * 10 < naive.Time);
        Assert.True(fanout.Usd.Total * 10 < naive.Usd.Total);
    }

    [Fact]
    public void NoItems_TakeNextToNothing() =>
        Assert.All(Estimator.Estimate(new Workload(0, 1, 1, 16, TimeSpan.FromSeconds(1))), option =>
        {
            Assert.InRange(option.Time.TotalSeconds, 0, 5);
            Assert.InRange(option.Storage.Total, 0, 100);
            Assert.InRange(option.Usd.Total, 0, 0.1);
        });

    [Fact]
    public void MoreItemsOrSlowerOnes_NeverTakeLess() =>
        Gen.Select(Gen.Long[1, 1_000_000_000], Gen.Int[1, 64], Gen.Int[0, 100_000], Gen.Bool).Sample((items, lanes, milliseconds, byQueue) =>
        {
            var load = new Workload(items, lanes, 1 + ((lanes - 1) / 16), 64, TimeSpan.FromMilliseconds(milliseconds)) { ByQueue = byQueue };
            var before = Estimator.Estimate(load);
            foreach (var more in new[] { load with { Items = 2 * items }, load with { ItemTime = 2 * load.ItemTime } })
            {
                Assert.All(before.Zip(Estimator.Estimate(more)), pair =>
                {
                    Assert.True(pair.First.Time <= pair.Second.Time);
                    Assert.InRange(pair.First.Usd.Total, 0, pair.Second.Usd.Total * 1.1);
                });
            }
        }, iter: 300);

    [Fact]
    public void WorkloadWithoutLanes_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Estimator.Estimate(Million with { Lanes = 0 }));

    private static CostEstimate Of(CostOption option, Workload load) => Estimator.Estimate(load).Single(estimate => estimate.Option == option);
}
