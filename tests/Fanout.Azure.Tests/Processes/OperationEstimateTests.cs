using System.Globalization;
using Fanout.Azure.Tests.Support;
using Fanout.Planning;
using Fanout.Planning.Costs;
using Fanout.Sources;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Azure.Tests.Processes;

/// <summary>What <c>plan --target azure</c> says of a run's own operations, against what the account counts.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class OperationEstimateTests(ITestOutputHelper output)
{
    private const int Items = 50_000;
    private const double Factor = 2;

    [Fact]
    public async Task OwnOperations_AreWithinAFactorOfTwoOfWhatIsCounted_InEachService()
    {
        await using var azurite = await Azurite.StartAsync();
        using var home = new HubHome(azurite);
        await using var worker = home.Work("--quiet");
        var before = await azurite.CountAsync();
        var began = TimeProvider.System.GetTimestamp();
        await using var coordinator = home.Coordinate(Items, "--handler", "noop", "--concurrency", "16");
        (await coordinator.ExitAsync()).AssertCode(0);
        var counted = (await azurite.CountAsync()).Since(before);
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        Assert.Equal(Items, (await home.ReportAsync()).Tally.Succeeded);

        // A message for each batch, and one for its result.
        var batches = counted.Of("Queue", "POST") / 2.0;
        var estimated = Estimate(batches, elapsed);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:F1} s, {batches} batches, estimated {Shape(CostModel.Standard).Batches}"));
        output.WriteLine($"counted   {counted}");
        output.WriteLine($"estimated {estimated}");
        AssertWithin(Factor, counted.Of("Blob"), estimated.BlobWrites + estimated.BlobReads + estimated.BlobDeletes);
        AssertWithin(Factor, counted.Of("Queue"), estimated.Queue);
        AssertWithin(Factor, counted.Of("Table"), estimated.Table);
        AssertWithin(Factor, counted.Total, estimated.Total);
        AssertWithin(Factor * Factor, batches, Shape(CostModel.Standard).Batches);
    }

    // How fast no-ops are is the machine's affair, and how busy it is: it is told by how many batches they were cut into, and by how long all took.
    private static StorageOperations Estimate(double batches, TimeSpan elapsed)
    {
        var model = Enumerable.Range(-4, 9)
            .Select(power => CostModel.Standard with { ItemOverhead = CostModel.Standard.ItemOverhead * Math.Pow(2, power) })
            .MinBy(model => Math.Abs(Shape(model).Batches - batches))!;
        var waited = elapsed - Shape(model).Time;
        var slowed = model with { StartAndEnd = model.StartAndEnd + (waited > TimeSpan.Zero ? waited : TimeSpan.Zero) };
        return new CostEstimator(slowed, PriceList.BuiltIn).OfFanout(Load);
    }

    private static FanoutShape Shape(CostModel model) => new(Load, model);

    private static Workload Load
    {
        get
        {
            var spec = new RunSpec
            {
                Handler = new HandlerSpec("noop"),
                Source = new RangeSourceSpec { Start = 0, End = Items },
                Flow = new FlowSpec { Concurrency = 16 },
                Batch = new BatchSpec { Dispatch = BatchDispatch.Queue },
            };
            return Workload.Of(spec, Planner.Plan(spec, new SourcePlan(Items, null), processors: 1, oneProcess: false), TimeSpan.Zero);
        }
    }

    private static void AssertWithin(double factor, double counted, double estimated) => Assert.InRange(estimated, counted / factor, counted * factor);
}
