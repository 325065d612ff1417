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
    public void ByQueue_TheParts_AddUpToTheOperations()
    {
        // 62.5 s of work, 200 items a second and lane: 34 slices of 2,000, and 52.8 ranges down to 200.
        var load = new Workload(100_000, 8, 1, 32, TimeSpan.FromMilliseconds(20)) { ByQueue = true };
        var run = new FanoutShape(load, CostModel.Standard);
        Assert.Equal((TimeSpan.FromSeconds(62.5), 200.0, 87.0, 2.0, 91.0, 183.0), (run.Work, run.ItemsASecondOfALane, run.Batches, run.Branches, run.Activities, run.Episodes));
        Assert.Equal(62.5 + 2 + (87 / 8.0 * 0.2), run.Time.TotalSeconds, 6);

        var operations = Estimator.OfFanout(load);
        // A batch lasts 5.7 s: six checkpoints, and as many appends.
        Assert.Equal(8 + (87 * (2 + 1 + 6 + 6)) + (2 * 2), operations.BlobWrites, 6);
        Assert.Equal(6 + 87 + 2, operations.BlobReads, 6);
        Assert.Equal(2 + 87, operations.BlobDeletes, 6);
        Assert.Equal(4 + (87 * (5 + (1 / 32.0))) + (66.675 * (1 + 0.5)), operations.Queue, 6);
        Assert.Equal(16 + 87 + (62.5 * 8) + (66.675 * (1 + 3)), operations.Table, 6);
        Assert.Equal(operations.BlobWrites + operations.BlobReads + operations.BlobDeletes + operations.Queue + operations.Table, operations.Total, 6);

        // In slices of a minute they are 99, of 20.2 s each: their messages are renewed twice.
        var renewed = load with { Slice = TimeSpan.FromMinutes(1), Items = 400_000 };
        Assert.Equal(4 + (99 * (5 + (1 / 32.0) + 2)) + ((250 + 2 + (99 / 8.0 * 0.2)) * 1.5), Estimator.OfFanout(renewed).Queue, 6);
    }

    [Fact]
    public void ByActivity_TheParts_AddUpToTheOperationsAndTheMoney()
    {
        // What items cost their two workers is more than what they take: 200 s. 42.7 slices of 93,750, and 326.04 ranges down to a second's.
        var load = new Workload(10_000_000, 32, 2, 64, TimeSpan.FromMilliseconds(1))
        {
            Slice = TimeSpan.FromMinutes(1),
            Checkpoint = TimeSpan.FromSeconds(10),
            LongestRange = 1_000_000,
        };
        var seconds = 200 + 2 + (369 / 32.0 * 0.2);
        var run = new FanoutShape(load, CostModel.Standard);
        Assert.Equal((369.0, 3.0, 1.0, 0.0), (run.Batches, run.Branches, run.Roots, run.Events));
        Assert.Equal(seconds, run.Time.TotalSeconds, 6);

        // A batch lasts 17.3 s, two checkpoints, and its results are 10.3 appends.
        var appends = 10_000_000 / 369.0 * 100 / (256 * 1024);
        var operations = Estimator.OfFanout(load);
        Assert.Equal(8 + (369 * (2 + 2 + appends)) + (3 * 2), operations.BlobWrites, 3);
        Assert.Equal((6.0 + 369 + 3, 2.0 + 369, 4.0), (operations.BlobReads, operations.BlobDeletes, operations.Queue));
        Assert.Equal(16 + 369 + (200 * 32) + (seconds * (2 + 3)), operations.Table, 3);

        var estimate = Of(CostOption.FanoutOnAzureStorage, load);
        Assert.Equal(operations.BlobWrites, estimate.Storage.BlobWrites, 1.0);
        Assert.Equal(estimate.Storage.BlobWrites, Math.Ceiling(estimate.Storage.BlobWrites));
        Assert.Equal(4 + (374 * 6) + ((1 + 6) * 3), estimate.Storage.Queue);
        Assert.Equal((374L, 4L, 0L), (estimate.Activities, estimate.Orchestrations, estimate.Actions));
        // Four instances of 2 GB for ten lanes each, and an execution for each activity and each time an orchestrator runs on.
        Assert.Equal((seconds * 4 * 2 * 0.000026) + ((374 + 381) * 0.4 / 1_000_000), estimate.Usd.Compute, 9);
        Assert.Equal(estimate.Usd.Actions + estimate.Usd.Storage + estimate.Usd.Compute, estimate.Usd.Total, 9);
        var storage = estimate.Storage;
        var prices = PriceList.BuiltIn.ByName;
        Assert.Equal(
            prices["blobWrite"].Of(operations.BlobWrites) + prices["blobRead"].Of(storage.BlobReads) + prices["queueOperation"].Of(storage.Queue) + prices["tableOperation"].Of(storage.Table),
            estimate.Usd.Storage,
            5);
    }

    [Fact]
    public void EveryFigureOfTheModel_Counts()
    {
        var model = CostModel.Standard with
        {
            BlobReadsOfABatch = 3,
            BlobDeletesOfABatch = 5,
            TableOperationsOfABatch = 7,
            TableOperationsOfALaneASecond = 0.5,
            TableOperationsOfAWorkerASecond = 11,
            OfABranch = new StorageOperations(2, 1, 13, 17, 19),
        };
        var load = new Workload(10_000_000, 32, 2, 64, TimeSpan.FromMilliseconds(1)) { Slice = TimeSpan.FromMinutes(1), LongestRange = 1_000_000, ByQueue = true };
        // As many batches as by activity, but more branches, as each batch is more of their history.
        var (batches, branches, seconds) = (369, 7, 200 + 2 + (369 / 32.0 * 0.2));
        var operations = new CostEstimator(model, PriceList.BuiltIn).OfFanout(load);
        Assert.Equal(6 + (batches * 3) + branches, operations.BlobReads, 6);
        Assert.Equal(2 + (batches * 5) + (branches * 13), operations.BlobDeletes, 6);
        // Two workers; a batch lasts 17.3 s.
        Assert.Equal(4 + (batches * (5 + (1 / 32.0) + 1)) + (seconds * (1 + (0.5 * 2))) + (branches * 17), operations.Queue, 6);
        Assert.Equal(16 + (batches * 7) + (200 * 32 * 0.5) + (seconds * ((2 * 11) + 3)) + (branches * 19), operations.Table, 6);
    }

    [Fact]
    public void SchedulerThatDispatchesLess_MakesTheRunLonger()
    {
        // Ranges are short: millions of actions, at 500 a second.
        var load = new Workload(100_000_000, 4_000, 250, 4_000, TimeSpan.FromMilliseconds(1)) { LongestRange = 100 };
        var (storage, scheduler) = (Of(CostOption.FanoutOnAzureStorage, load), Of(CostOption.FanoutOnDurableTaskScheduler, load));
        Assert.Equal(scheduler.Actions / 500.0, scheduler.Time.TotalSeconds, 0.01);
        Assert.True(storage.Time < scheduler.Time);
    }

    [Fact]
    public void RunByQueue_HasAnExecutionMoreForEachBatch()
    {
        var load = new Workload(160, 16, 1, 16, TimeSpan.FromSeconds(1)) { ByQueue = true };
        var run = new FanoutShape(load, CostModel.Standard);
        var compute = (run.Time.TotalSeconds * 2 * 2 * 0.000026) + ((run.Activities + run.Episodes + run.Batches) * 0.4 / 1_000_000);
        Assert.Equal(compute, Of(CostOption.FanoutOnAzureStorage, load).Usd.Compute, 9);
    }

    [Theory]
    [InlineData(1, 10, 1_000, 1)]
    [InlineData(100, 2_000, 1_000, 1)]
    [InlineData(1_000, 2_000, 1_000, 10)]
    [InlineData(1_000, 50, 2_000, 5)]
    public void OneActivityAnItem_NeedsInstancesForWhatIsInFlight(int milliseconds, int concurrency, int seconds, int instances)
    {
        var estimate = Of(CostOption.OneActivityAnItem, new Workload(100_000, 16, 1, concurrency, TimeSpan.FromMilliseconds(milliseconds)));
        // No more is in flight than 100 a second bring there; an instance has ten.
        Assert.Equal(TimeSpan.FromSeconds(seconds), estimate.Time);
        Assert.Equal((seconds * instances * 2 * 0.000026) + ((100_000 + 3_126) * 0.4 / 1_000_000), estimate.Usd.Compute, 6);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    [InlineData(1_000, 10)]
    public void ExpressWorkflow_IsBilledInTenthsOfASecond(int milliseconds, int tenths)
    {
        var estimate = Of(CostOption.DistributedMapExpress, new Workload(1_000, 16, 1, 0, TimeSpan.FromMilliseconds(milliseconds)));
        Assert.Equal(0.025 + 0.001 + (1_000 * tenths * 0.1 / 16 * 0.00001667), estimate.Usd.Total, 9);
        // One at a time where nothing is said, and no faster than they are started.
        Assert.Equal(Math.Max(1, milliseconds), estimate.Time.TotalSeconds, 6);
    }

    [Fact]
    public void SlowestItem_IsHowLongARunOfFewTakes()
    {
        var load = new Workload(3, 1, 1, 64, TimeSpan.FromMinutes(1));
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), (Of(CostOption.OneActivityAnItem, load).Time, Of(CostOption.DistributedMapStandard, load).Time));
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

    [Fact]
    public void ItemsThatTakeLessThanNoTime_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Estimator.Estimate(Million with { ItemTime = TimeSpan.FromTicks(-1) }));

    private static CostEstimate Of(CostOption option, Workload load) => Estimator.Estimate(load).Single(estimate => estimate.Option == option);
}
