using Fanout.Orchestration;
using Xunit;

namespace Fanout.Embedded.Tests.Driving;

public sealed class SmokeTests
{
    [Fact]
    public async Task FansOut()
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
        await using var storage = EmbeddedStorage.InMemory();
        await using var engine = new EmbeddedEngine(storage, registry);
        Assert.True(await engine.ScheduleNewOrchestrationInstanceAsync("root", 10, "a"));
        var result = await engine.WaitForInstanceCompletionAsync("a");
        Assert.Null(result.Failure);
        Assert.Equal("90", result.SerializedOutput);
    }
}
