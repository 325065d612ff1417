using CsCheck;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Planning.Costs;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Planning.Costs;

public sealed class FanoutShapeTests
{
    private static readonly CostModel Model = CostModel.Standard;

    // The formula against the code it stands for: lanes that take ranges as branches hand them out, in virtual time.
    [Fact]
    public void Batches_AreAsManyAsTheLanesReallyTake() =>
        Gen.Select(Gen.Long[1, 200_000], Gen.Int[1, 16], Gen.Int[0, 2_000], Gen.Int[1, 30], Gen.Bool).Sample((items, concurrency, milliseconds, slice, byQueue) =>
        {
            var spec = Spec(concurrency, slice, byQueue);
            var plan = Planner.Plan(spec, new SourcePlan(items, null), processors: 1, oneProcess: false);
            var run = new FanoutShape(Workload.Of(spec, plan, TimeSpan.FromMilliseconds(milliseconds)), Model);
            var taken = Take(plan, spec.Batch.Slice, run.ItemsASecondOfALane);
            Assert.InRange(run.Batches, (taken / 2.0) - 2, (taken * 2) + 2);
        }, iter: 300);

    [Theory]
    [InlineData(false, 1_000_000, 24)]
    [InlineData(true, 1_000_000, 54)]
    public void Branches_HandOverBeforeTheirHistoriesAreLong(bool byQueue, long items, int branches)
    {
        var load = new Workload(items, 16, 1, 16, TimeSpan.FromMilliseconds(30)) { ByQueue = byQueue };
        var run = new FanoutShape(load, Model);
        // 16 lanes for 31 minutes in slices of 10 s, and smaller ranges in the end.
        Assert.InRange(run.Batches, 3_000, 3_300);
        Assert.InRange(run.Branches, branches - 1, branches + 1);
        Assert.Equal(1, run.Roots);
        Assert.Equal(run.Batches + run.Branches + 2, run.Activities);
        Assert.Equal(byQueue ? run.Batches : 0, run.Events);
    }

    [Theory]
    [InlineData(133, 1)]
    [InlineData(134, 2)]
    [InlineData(267, 3)]
    public void Root_HandsOverToo(int branches, int roots)
    {
        var run = new FanoutShape(new Workload(1_000_000, branches, branches, branches, TimeSpan.FromMilliseconds(1)), Model);
        Assert.Equal((branches, roots), (run.Branches, run.Roots));
        Assert.Equal(roots + (2 * run.Branches) + run.Activities, run.Episodes);
    }

    [Fact]
    public void ByKey_RangesAreOfItems_AsManyAsAKeyHas()
    {
        var spec = Spec(8, 10, byQueue: false) with { Flow = new FlowSpec { Concurrency = 8, PerKey = new PerKeySpec("/tenant") { Concurrency = 1 } } };
        var plan = Planner.Plan(spec, new SourcePlan(2_000, null) { ByKey = new KeyCounts(100, 50) }, processors: 1, oneProcess: false);
        var load = Workload.Of(spec, plan, TimeSpan.FromSeconds(1));
        Assert.Equal((20.0 * plan.MinItems, 20.0 * plan.MaxItems), (load.ShortestRange, load.LongestRange));
        Assert.Equal((spec.Batch.Slice, spec.Batch.Checkpoint, false), (load.Slice, load.Checkpoint, load.ByQueue));

        var none = Planner.Plan(spec, new SourcePlan(0, null) { ByKey = new KeyCounts(0, 0) }, processors: 1, oneProcess: false);
        Assert.Equal(none.MinItems, Workload.Of(spec, none, TimeSpan.FromSeconds(1)).ShortestRange);
    }

    [Fact]
    public void Batches_GrowWithTime_NotWithItems()
    {
        var many = new FanoutShape(new Workload(3_600_000, 16, 1, 16, TimeSpan.FromMilliseconds(16)), Model);
        var few = new FanoutShape(new Workload(3_600, 16, 1, 16, TimeSpan.FromSeconds(16)), Model);
        Assert.Equal(TimeSpan.FromHours(1), many.Work);
        Assert.Equal(TimeSpan.FromHours(1), few.Work);
        Assert.InRange(many.Batches, few.Batches / 2, few.Batches * 2);
    }

    [Fact]
    public void Time_IsThatOfTheTightestBound()
    {
        var load = new Workload(1_000, 4, 1, 4, TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.FromSeconds(25), new FanoutShape(load, Model).Work);
        Assert.Equal(TimeSpan.FromMinutes(2), new FanoutShape(load with { MinimumByRate = TimeSpan.FromMinutes(2) }, Model).Work);
        Assert.Equal(1_000 * Model.ItemOverhead, new FanoutShape(load with { ItemTime = TimeSpan.Zero }, Model).Work);
        Assert.Equal(TimeSpan.FromHours(1), new FanoutShape(load with { Items = 1, ItemTime = TimeSpan.FromHours(1) }, Model).Work);
    }

    [Fact]
    public void LargestRunOfSlowestItems_HasATime() =>
        Assert.True(new FanoutShape(new Workload(1_000_000_000_000, 1, 1, 1, TimeSpan.FromDays(1)), Model).Time > TimeSpan.FromDays(365_000));

    private static RunSpec Spec(int concurrency, int slice, bool byQueue) => new()
    {
        Handler = new HandlerSpec("noop"),
        Source = new RangeSourceSpec { Start = 0, End = 1 },
        Flow = new FlowSpec { Concurrency = concurrency },
        Batch = new BatchSpec { Slice = TimeSpan.FromSeconds(slice), Dispatch = byQueue ? BatchDispatch.Queue : BatchDispatch.Activity },
    };

    private static int Take(RunPlan plan, TimeSpan slice, double itemsASecond)
    {
        var work = new WorkQueue([new WorkUnit(0, plan.Length, [])]);
        var free = new PriorityQueue<int, double>(Enumerable.Range(0, plan.Lanes).Select(lane => (lane, 0.0)));
        var (batches, seen, speed) = (0, (long?)null, 0.0);
        // A lane's rest is put back when its batch ends, and its speed is known then.
        var ends = new Dictionary<int, WorkUnit>();
        while (free.TryDequeue(out var lane, out var now))
        {
            if (ends.Remove(lane, out var rest))
            {
                speed = itemsASecond;
                if (rest.Start < rest.End)
                    work.PutBack(rest);
            }

            if (work.TakeShare(plan.LanesPerBranch, Planner.LeastRange(plan, speed), plan.MaxItems, seen) is not { } unit)
                continue;
            batches++;
            var done = Math.Clamp((long)Math.Ceiling(itemsASecond * slice.TotalSeconds), 1, unit.End - unit.Start);
            if (done < unit.End - unit.Start)
                seen = done;
            ends[lane] = new WorkUnit(unit.Start + done, unit.End, []);
            free.Enqueue(lane, now + (done / itemsASecond));
        }

        return batches;
    }
}
