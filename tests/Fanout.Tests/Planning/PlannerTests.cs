using CsCheck;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Planning;

public sealed class PlannerTests
{
    private static RunSpec Spec(FlowSpec flow, BatchSpec batch) =>
        new() { Handler = new HandlerSpec("noop"), Source = new RangeSourceSpec { Start = 0, End = 1 }, Flow = flow, Batch = batch };

    [Fact]
    public void HandingOutRanges_CoversEveryItemExactlyOnce() =>
        Gen.Select(Gen.Long[0, 100_000], Gen.Int[1, 64], Gen.Int[1, 100], Gen.Int[100, 5_000], Gen.Int[1, 1_000].Nullable()).Sample((total, takers, minItems, maxItems, seen) =>
        {
            var queue = new WorkQueue([new WorkUnit(0, total, [])]);
            long next = 0;
            while (queue.TakeShare(takers, minItems, maxItems, seen) is { } unit)
            {
                Assert.Equal(next, unit.Start);
                Assert.InRange(unit.End - unit.Start, Math.Min(minItems, total - next), maxItems);
                next = unit.End;
            }

            Assert.Equal(total, next);
        }, iter: 200);

    [Fact]
    public void PuttingBack_LosesNothingAndRepeatsNothing() =>
        Gen.Select(Gen.Long[1, 2_000], Gen.Int[1, 16], Gen.Double[0, 1].Array[1, 50]).Sample((total, takers, progress) =>
        {
            var queue = new WorkQueue([new WorkUnit(0, total, [])]);
            var worked = new int[total];
            for (var call = 0; queue.TakeShare(takers, 1, 500, null) is { } unit; call++)
            {
                var cursor = unit.Start + (long)Math.Ceiling((unit.End - unit.Start) * Math.Max(0.01, progress[call % progress.Length]));
                for (var item = unit.Start; item < cursor; item++)
                    worked[item]++;
                queue.PutBack(new WorkUnit(cursor, unit.End, []));
            }

            Assert.All(worked, times => Assert.Equal(1, times));
        }, iter: 200);

    [Fact]
    public void LastRanges_AreSmall()
    {
        Assert.Equal(1, Planner.NextRange(3, 4, 1, 1_000, null));
        Assert.Equal(125, Planner.NextRange(1_000, 4, 1, 1_000, null));
        Assert.Equal(20, Planner.NextRange(1_000_000, 4, 1, 100_000, 10));
    }

    [Fact]
    public void FewItems_StillFillTheConcurrency()
    {
        var plan = Planner.Plan(Spec(new FlowSpec { Concurrency = 64 }, new BatchSpec()), new SourcePlan(64, null), 2, oneProcess: true);
        var queue = new WorkQueue([new WorkUnit(0, plan.Total, [])]);
        var atOnce = Enumerable.Range(0, plan.Lanes).Sum(_ => queue.TakeShare(plan.LanesPerBranch, plan.MinItems, plan.MaxItems, null) is { } unit ? unit.End - unit.Start : 0);
        Assert.Equal(64, atOnce);
    }

    [Fact]
    public void TheShortestRange_FillsALaneAndTakesATenthOfASecond()
    {
        var plan = Planner.Plan(
            Spec(new FlowSpec { Concurrency = 64 }, new BatchSpec { Lanes = 4, MaxItems = 1_000 }), new SourcePlan(1_000, null), 2, oneProcess: true);
        Assert.Equal(64, Planner.LeastRange(plan, 0));
        Assert.Equal(90, Planner.LeastRange(plan, 900));
        Assert.Equal(1_000, Planner.LeastRange(plan, 1e9));
    }

    [Theory]
    [InlineData(true, 1, 64, 64)]
    [InlineData(true, 2, 32, 32)]
    [InlineData(false, 1, 16, 64)]
    [InlineData(false, 2, 16, 32)]
    public void TheShortestRange_IsWhatALaneMayHaveInFlight_AndABranchsShareWhatItsLanesMay(bool oneProcess, int branches, int range, int share)
    {
        var plan = Planner.Plan(
            Spec(new FlowSpec { Concurrency = 64 }, new BatchSpec { Lanes = 4, Branches = branches }), new SourcePlan(100_000, null), 2, oneProcess);
        Assert.Equal((range, share), (plan.MinItems, Planner.LeastShare(plan)));
    }

    [Fact]
    public void TheShortestRange_TakesASecondWhereBatchesAreSent()
    {
        var plan = Planner.Plan(
            Spec(new FlowSpec { Concurrency = 4 }, new BatchSpec { Dispatch = BatchDispatch.Queue, MaxItems = 1_000 }), new SourcePlan(1_000, null), 2, oneProcess: true);
        Assert.Equal(500, Planner.LeastRange(plan, 500));
    }

    [Fact]
    public void AcrossProcesses_EachLaneCanStartAnItem() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Int[1, 500].Nullable(), Gen.Long[0, 10_000_000], Gen.Int[1, 4_096].Nullable()).Sample((concurrency, burst, items, lanes) =>
        {
            var flow = new FlowSpec { Concurrency = concurrency, Rate = burst is null ? null : new Rate(10, TimeSpan.FromSeconds(1)), Burst = burst };
            var plan = Planner.Plan(Spec(flow, new BatchSpec { Lanes = lanes }), new SourcePlan(items, null), 2, oneProcess: false);
            Assert.InRange(plan.Lanes, 1, 4_096);
            Assert.True(plan.Lanes <= concurrency);
            Assert.True(burst is null || plan.Lanes <= burst);
            Assert.InRange(plan.LanesPerBranch, 1, Planner.MaxLanesPerBranch);
        });

    [Fact]
    public void OneItemInFlight_IsOneLane() =>
        Assert.Equal(1, Planner.Plan(Spec(new FlowSpec { Concurrency = 1 }, new BatchSpec()), new SourcePlan(1_000, null), 8, oneProcess: true).Lanes);

    [Fact]
    public void AskedForBranchesAndLanes_AreGiven()
    {
        var plan = Planner.Plan(Spec(new FlowSpec { Concurrency = 64 }, new BatchSpec { Branches = 4, Lanes = 8 }), new SourcePlan(1_000, null), 2, oneProcess: true);
        Assert.Equal((4, 2), (plan.Branches, plan.LanesPerBranch));
    }

    [Theory]
    [InlineData(true, 13)]
    [InlineData(false, 4)]
    public void ByKey_LanesHaveAnEvenShareAtOnce_OrAFourthOfOneWhereTheyAreApart(bool oneProcess, int keys)
    {
        var flow = new FlowSpec { Concurrency = 64, PerKey = new PerKeySpec("/tenant") { Concurrency = 1 } };
        var source = new SourcePlan(1_000, null) { ByKey = new KeyCounts(100, 50) };
        var plan = Planner.Plan(Spec(flow, new BatchSpec { Branches = 2, Lanes = 8 }), source, 2, oneProcess);
        Assert.Equal((2, 4, keys, keys, 100L), (plan.Branches, plan.LanesPerBranch, plan.MinItems, plan.MaxItems, plan.Length));
        Assert.Equal(4 * keys, Planner.LeastShare(plan));
    }

    [Fact]
    public void LanesByDefault_AreTwiceTheProcessors_OrApartAFourthOfTheConcurrency()
    {
        Assert.Equal((2, 2), (Lanes(1, 64, true), Lanes(1, 2, true)));
        Assert.Equal(16, Lanes(8, 64, true));
        Assert.Equal((16, 32, 3), (Lanes(8, 64, false), Lanes(8, 128, false), Lanes(8, 3, false)));

        static int Lanes(int processors, int concurrency, bool oneProcess) =>
            Planner.Plan(Spec(new FlowSpec { Concurrency = concurrency }, new BatchSpec()), new SourcePlan(100_000, null), processors, oneProcess).Lanes;
    }
}
