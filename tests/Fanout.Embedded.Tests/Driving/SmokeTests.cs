using System.Diagnostics;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Embedded.Tests.Driving;

public sealed class SmokeTests(Xunit.Abstractions.ITestOutputHelper o)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FansOut(bool sqlite)
    {
        var registry = new OrchestrationRegistry()
            .AddActivity<int, int>("double", (_, x) => Task.FromResult(2 * x))
            .AddOrchestrator<int, int>("sum", async (c, n) =>
            {
                var all = await Task.WhenAll(Enumerable.Range(0, n).Select(i => c.CallActivityAsync<int>("double", i)));
                await c.CreateTimer(c.CurrentUtcDateTime.AddMilliseconds(5), default);
                return all.Sum();
            })
            .AddOrchestrator<int, int>("root", async (c, n) => await c.CallSubOrchestratorAsync<int>("sum", n));
        var home = Directory.CreateTempSubdirectory().FullName;
        await using var storage = sqlite ? EmbeddedStorage.Open(home) : EmbeddedStorage.InMemory();
        await using var engine = new EmbeddedEngine(storage, registry);
        for (var i = 0; i < 20; i++)
        {
            var w = Stopwatch.StartNew();
            Assert.True(await engine.ScheduleNewOrchestrationInstanceAsync("root", 10, "a" + i));
            var result = await engine.WaitForInstanceCompletionAsync("a" + i);
            Assert.Null(result.Failure);
            Assert.Equal("90", result.SerializedOutput);
            o.WriteLine(w.Elapsed.TotalMilliseconds.ToString());
        }
    }
}
