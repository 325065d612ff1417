using System.Globalization;
using Fanout.Azure.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Azure.Tests.Processes;

/// <summary>What a whole run costs, as the account counts it.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class OperationCostTests(ITestOutputHelper output)
{
    private const int Items = 200_000;
    private const int MostPerThousand = 12;

    // Slices and progress are paid for by time: on a machine so busy that it takes longer, these items are not short.
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task ShortItems_CostAtMostTwelveOperationsAThousand()
    {
        await using var azurite = await Azurite.StartAsync();
        using var home = new HubHome(azurite);
        // What both ask in vain while they wait for one another is counted too: in a run that is over in seconds it is little.
        await using var worker = home.Work("--quiet");
        var before = await azurite.CountAsync();
        var began = TimeProvider.System.GetTimestamp();
        await using var coordinator = home.Coordinate(Items, "--handler", "noop");
        (await coordinator.ExitAsync()).AssertCode(0);
        var cost = (await azurite.CountAsync()).Since(before);
        var took = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cost.Total} operations for {Items} items in {took.TotalSeconds:F1} s"));
        foreach (var (kind, count) in cost.ByKind)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind.Service,-6} {kind.Verb,-6} {count,6}"));
        Assert.InRange(cost.Total, 1, Items / 1_000 * MostPerThousand * Math.Max(1, took / Short));
        await home.AssertSucceededAsync(Items);
    }
}
