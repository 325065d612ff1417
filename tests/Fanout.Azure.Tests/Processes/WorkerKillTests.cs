using System.Globalization;
using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Processes;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Azure.Tests.Processes;

/// <summary>Workers that are killed while others work beside them.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class WorkerKillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan KillEvery = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task AWorkerKilledEveryTwoSeconds_LeavesEveryItemWithOneOutcome()
    {
        const int Items = 200_000;
        using var home = await HubHome.SharedAsync();
        var began = TimeProvider.System.GetTimestamp();
        await using var coordinator = home.Coordinate(Items, "--handler", "delay", "--set", "for=20ms", "--concurrency", "256", "--lanes", "16", "--slice", "2s");
        var ending = coordinator.ExitAsync(TimeSpan.FromMinutes(20));
        var kills = await KillWorkersAsync(home, 4, ending);
        var exit = (await ending).AssertCode(0);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Items} items in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s, {kills} workers killed\n{exit.Output}"));
        Assert.True(kills > 0, "It ended before a worker could be killed.");
        await home.AssertSucceededAsync(Items);
    }

    // One after another, the oldest first, each replaced before the next: a machine too busy to start them faster still gets on.
    private static async Task<int> KillWorkersAsync(HubHome home, int count, Task until)
    {
        var workers = new Queue<AppProcess>();
        try
        {
            while (workers.Count < count)
                workers.Enqueue(await StartAsync());
            for (var kills = 0; ; kills++)
            {
                await until.WaitAsync(KillEvery, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (until.IsCompleted)
                    return kills;
                await using var victim = workers.Dequeue();
                Assert.False(victim.HasExited, "A worker ended by itself.");
                await victim.KillAsync();
                workers.Enqueue(await StartAsync());
            }
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }

        async Task<AppProcess> StartAsync()
        {
            var worker = home.Work("--visibility", "3s");
            await worker.SaysAsync("Working up to");
            return worker;
        }
    }
}
