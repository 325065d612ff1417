using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Processes;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>An account that is away for a while in the middle of a run.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class OutageTests
{
    private const int Items = 8_000;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AnAccountThatIsAway_IsWaitedForByCoordinatorAndWorkers()
    {
        await using var azurite = await Azurite.StartAsync();
        using var home = NewHome(azurite);
        await using var coordinator = home.Coordinate(Items, "--handler", "record", "--concurrency", "16", "--slice", "2s", "--quiet");
        await using var first = home.Work("--visibility", "3s", "--quiet");
        await using var second = home.Work("--visibility", "3s", "--quiet");
        await StopInTheMiddleAsync(home);
        (await coordinator.ExitAsync()).AssertCode(0);
        Assert.False(first.HasExited || second.HasExited, "A worker ended.");
        await home.AssertSucceededAsync(Items);
    }

    [Fact]
    public async Task AnAccountThatIsAway_IsWaitedForByARunThatWorksItsBatchesItself()
    {
        await using var azurite = await Azurite.StartAsync();
        using var home = NewHome(azurite);
        await using var process = home.Start("run", "--range", $"0..{Items}", "--id", "r", "--handler", "record", "--concurrency", "16", "--slice", "2s", "--quiet");
        await StopInTheMiddleAsync(home);
        var exit = (await process.ExitAsync()).AssertCode(0);
        Assert.Contains("Storage fails; the run goes on by itself when it works again", exit.Error, StringComparison.Ordinal);
        await home.AssertSucceededAsync(Items);
    }

    private static HubHome NewHome(Azurite azurite) => new(azurite) { ItemTime = TimeSpan.FromMilliseconds(10) };

    private static async Task StopInTheMiddleAsync(HubHome home)
    {
        await home.Log.UntilAsync(deeds => deeds.Count > Items / 4);
        home.Azurite.Stop();
        await Task.Delay(Outage, TimeProvider.System);
        await home.Azurite.RestartAsync();
    }
}
