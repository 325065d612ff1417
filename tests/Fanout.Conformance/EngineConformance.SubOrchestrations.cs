using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task SubOrchestrations_FanOutAndReturnTheirResults()
    {
        var registry = Orchestrator<int, int>("parent", async (context, n) =>
                (await Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallSubOrchestratorAsync<int>("child", i)))).Sum())
            .AddOrchestrator<int, int>("child", async (context, i) => await context.CallActivityAsync<int>("double", i))
            .AddActivity<int, int>("double", (_, x) => Task.FromResult(2 * x));

        Assert.Equal(90, OutputOf<int>(await RunAsync(registry, "parent", 10)));
    }

    [Fact]
    public async Task SubOrchestration_KnowsItsParentAndItsGivenId()
    {
        var registry = Orchestrator<int, string>("parent", (context, _) => context.CallSubOrchestratorAsync<string>("child", 0, "a:child"))
            .AddOrchestrator<int, string>("child", (context, _) =>
                Task.FromResult($"{context.Name} {context.InstanceId} of {context.ParentInstanceId}"));

        Assert.Equal("child a:child of a", OutputOf<string>(await RunAsync(registry, "parent")));
        Assert.Equal(OrchestrationStatus.Completed, (await Client.GetInstanceAsync("a:child"))!.Status);
    }

    [Fact]
    public async Task Root_HasNoParent() =>
        Assert.True(OutputOf<bool>(await RunAsync(
            Orchestrator<int, bool>("root", (context, _) => Task.FromResult(context.ParentInstanceId is null)), "root")));

    [Fact]
    public async Task SubOrchestrationFailure_ReachesTheParentAsData()
    {
        var registry = Orchestrator<int, string>("parent", async (context, _) =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>("child");
            }
            catch (TaskFailedException e)
            {
                return $"{e.TaskName}|{e.Failure.ErrorType}|{e.Failure.ErrorMessage}";
            }
        }).AddOrchestrator<int, string>("child", (_, _) => throw new FormatException("bad"));

        Assert.Equal("child|System.FormatException|bad", OutputOf<string>(await RunAsync(registry, "parent")));
    }

    [Fact]
    public async Task SubOrchestrationThatEnded_MayBeCalledAgainByItsParentUnderItsId()
    {
        var registry = Orchestrator<int, int>("parent", async (context, _) =>
                await context.CallSubOrchestratorAsync<int>("child", 1, "a:same") + await context.CallSubOrchestratorAsync<int>("child", 2, "a:same"))
            .AddOrchestrator<int, int>("child", (_, x) => Task.FromResult(10 * x));

        Assert.Equal(30, OutputOf<int>(await RunAsync(registry, "parent")));
    }

    [Fact]
    public async Task SubOrchestrationThatContinuesAsNew_ReturnsItsLastResult()
    {
        var registry = Orchestrator<int, int>("parent", (context, _) => context.CallSubOrchestratorAsync<int>("count", 0))
            .AddOrchestrator<int, int>("count", async (context, n) =>
            {
                await context.CallActivityAsync<int>("work", n);
                if (n < 3)
                    context.ContinueAsNew(n + 1);
                return n;
            })
            .AddActivity<int, int>("work", (_, n) => Task.FromResult(n));

        Assert.Equal(3, OutputOf<int>(await RunAsync(registry, "parent")));
    }

    [Fact]
    public async Task UnknownSubOrchestrator_FailsTheCallAndNamesIt()
    {
        var end = await RunAsync(Orchestrator<int, int>("lost", (context, _) => context.CallSubOrchestratorAsync<int>("nowhere")), "lost");

        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("nowhere", end.Failure!.ErrorMessage, StringComparison.Ordinal);
    }
}
