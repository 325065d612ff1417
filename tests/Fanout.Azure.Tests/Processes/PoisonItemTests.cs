using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Processes;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>An item that kills whoever works it.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class PoisonItemTests
{
    private const int Items = 100;
    private const int Deadly = 57;

    [Fact]
    public async Task AnItemThatKillsItsWorkers_FailsAloneAndIsBlamed()
    {
        using var home = await HubHome.SharedAsync();
        await using var coordinator = home.Coordinate(Items, "--handler", "deadly", "--set", $"item={Deadly}", "--concurrency", "8");
        var ending = coordinator.ExitAsync(TimeSpan.FromMinutes(15));
        var deaths = await Task.WhenAll(RestartAsync(home, ending), RestartAsync(home, ending));
        (await ending).AssertCode(1);
        Assert.True(deaths.Sum() > 1, "Nobody died.");
        var lines = await home.LinesAsync();
        Assert.Equal(Enumerable.Range(0, Items), lines.Select(line => line.GetProperty("index").GetInt32()));
        var failed = Assert.Single(lines, line => line.GetProperty("status").GetString() != "Succeeded");
        Assert.Equal(Deadly, failed.GetProperty("index").GetInt32());
        Assert.Contains("crashed its worker", failed.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        var report = await home.ReportAsync();
        Assert.Equal(RunStatus.CompletedWithFailures, report.Status);
        Assert.Equal(Items - 1, report.Tally.Succeeded);
        Assert.Equal(1, report.Tally.Failed);
    }

    // As a service manager does it.
    private static async Task<int> RestartAsync(HubHome home, Task until)
    {
        for (var deaths = 0; ; deaths++)
        {
            await using var worker = home.Work("--visibility", "1s", "--batches", "2", "--quiet");
            var death = worker.ExitAsync();
            if (await Task.WhenAny(death, until) == until)
            {
                await worker.KillAsync();
                return deaths;
            }
        }
    }
}
