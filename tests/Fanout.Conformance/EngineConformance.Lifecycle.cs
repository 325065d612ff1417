using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task SchedulingTheSameIdAgain_DoesNothingAndSaysSo()
    {
        var registry = Orchestrator<int, int>("echo", (_, x) => Task.FromResult(x));
        Assert.Equal(1, OutputOf<int>(await RunAsync(registry, "echo", 1)));

        Assert.False(await ScheduleAsync("echo", 2));

        Assert.Equal(1, OutputOf<int>(await EndOfAsync()));
    }

    [Fact]
    public async Task Metadata_TellsWhatBecameOfAnInstance()
    {
        var registry = Orchestrator<int, string>("tell", (context, _) =>
        {
            context.SetCustomStatus(new { phase = 2 });
            return Task.FromResult("done");
        });

        var end = await RunAsync(registry, "tell", 0);

        Assert.Equal(("a", "tell", OrchestrationStatus.Completed), (end.InstanceId, end.Name, end.Status));
        Assert.Equal(("\"done\"", "{\"phase\":2}"), (end.SerializedOutput, end.SerializedCustomStatus));
        Assert.Null(end.Failure);
        Assert.True(end.CreatedAt <= end.LastUpdatedAt && end.HistoryLength is null or > 0 && end.IsCompleted);
    }

    [Fact]
    public async Task CustomStatus_CanBeReadWhileTheInstanceRuns()
    {
        var set = new Gate();
        await UseAsync(Orchestrator<int, int>("report", async (context, _) =>
        {
            context.SetCustomStatus("half way");
            await context.CallActivityAsync<int>("set");
            return await context.WaitForExternalEvent<int>("go");
        }).AddActivity<int, int>("set", (_, _) =>
        {
            set.Open();
            return Task.FromResult(0);
        }));
        await ScheduleAsync("report");
        await set.OpenedAsync();

        var running = await Client.GetInstanceAsync("a");

        Assert.Equal((OrchestrationStatus.Running, "\"half way\""), (running!.Status, running.SerializedCustomStatus));
        await Client.RaiseEventAsync("a", "go", 1);
        await EndOfAsync();
    }

    [Fact]
    public async Task CustomStatus_OutlivesContinueAsNew()
    {
        var end = await RunAsync(
            Orchestrator<int, int>("twice", (context, n) =>
            {
                if (n == 0)
                {
                    context.SetCustomStatus("from the first");
                    context.ContinueAsNew(1);
                }

                return Task.FromResult(n);
            }),
            "twice",
            0);

        Assert.Equal(1, OutputOf<int>(end));
        Assert.Equal("\"from the first\"", end.SerializedCustomStatus);
    }

    [Fact]
    public async Task UnknownInstance_IsNullOrAnArgumentError()
    {
        await UseAsync(Orchestrator<int, int>("echo", (_, x) => Task.FromResult(x)));

        Assert.Null(await Client.GetInstanceAsync("nobody"));
        Assert.False(await Client.PurgeInstanceAsync("nobody"));
        await Client.TerminateInstanceAsync("nobody", "why not");
        await Assert.ThrowsAsync<ArgumentException>(() => Client.WaitForInstanceCompletionAsync("nobody"));
    }

    [Fact]
    public async Task Terminate_EndsAnInstanceThatWaits()
    {
        await UseAsync(Orchestrator<int, int>("wait", (context, _) => context.WaitForExternalEvent<int>("never")));
        await ScheduleAsync("wait");

        await Client.TerminateInstanceAsync("a", "enough");

        var end = await EndOfAsync();
        Assert.Equal(OrchestrationStatus.Terminated, end.Status);
        Assert.Contains("enough", end.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_EndsSubOrchestrationsToo()
    {
        await UseAsync(Orchestrator<int, int>("parent", (context, _) => context.CallSubOrchestratorAsync<int>("child", 0, "a:1"))
            .AddOrchestrator<int, int>("child", (context, _) => context.CallSubOrchestratorAsync<int>("grandchild", 0, "a:1:1"))
            .AddOrchestrator<int, int>("grandchild", async (context, _) =>
            {
                await context.CallActivityAsync<int>("ready");
                return await context.WaitForExternalEvent<int>("never");
            })
            .AddActivity<int, int>("ready", (_, _) =>
            {
                _grandchildIsReady.Open();
                return Task.FromResult(0);
            }));
        await ScheduleAsync("parent");
        await _grandchildIsReady.OpenedAsync();

        await Client.TerminateInstanceAsync("a", "enough");

        foreach (var id in new[] { "a", "a:1", "a:1:1" })
            Assert.Equal(OrchestrationStatus.Terminated, (await EndOfAsync(id)).Status);
    }

    private readonly Gate _grandchildIsReady = new();

    [Fact]
    public async Task TerminatedSubOrchestration_FailsItsParentsCall()
    {
        var ready = new Gate();
        await UseAsync(Orchestrator<int, string>("parent", async (context, _) =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>("child", 0, "a:1");
            }
            catch (TaskFailedException e)
            {
                return $"{e.TaskName} failed: {e.Failure.ErrorMessage}";
            }
        }).AddOrchestrator<int, string>("child", async (context, _) =>
        {
            await context.CallActivityAsync<int>("ready");
            return await context.WaitForExternalEvent<string>("never");
        }).AddActivity<int, int>("ready", (_, _) =>
        {
            ready.Open();
            return Task.FromResult(0);
        }));
        await ScheduleAsync("parent");
        await ready.OpenedAsync();

        await Client.TerminateInstanceAsync("a:1", "enough");

        Assert.StartsWith("child failed: ", OutputOf<string>(await EndOfAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_DeletesAnEndedInstanceAndItsSubOrchestrations()
    {
        var registry = Orchestrator<int, int>("parent", (context, x) => context.CallSubOrchestratorAsync<int>("child", x, "a:1"))
            .AddOrchestrator<int, int>("child", (_, x) => Task.FromResult(x));
        await RunAsync(registry, "parent", 1);

        Assert.True(await Client.PurgeInstanceAsync("a"));

        Assert.Null(await Client.GetInstanceAsync("a"));
        Assert.Null(await Client.GetInstanceAsync("a:1"));
        Assert.True(await ScheduleAsync("parent", 2));
        Assert.Equal(2, OutputOf<int>(await EndOfAsync()));
    }

    [Fact]
    public async Task Purge_LeavesARunningInstanceAlone()
    {
        await UseAsync(Orchestrator<int, int>("wait", (context, _) => context.WaitForExternalEvent<int>("go")));
        await ScheduleAsync("wait");

        Assert.False(await Client.PurgeInstanceAsync("a"));

        await Client.RaiseEventAsync("a", "go", 3);
        Assert.Equal(3, OutputOf<int>(await EndOfAsync()));
    }

    [Fact]
    public async Task WaitingForTheEnd_CanBeCancelled()
    {
        await UseAsync(Orchestrator<int, int>("wait", (context, _) => context.WaitForExternalEvent<int>("never")));
        await ScheduleAsync("wait");
        using var cancel = new CancellationTokenSource();
        var end = Client.WaitForInstanceCompletionAsync("a", cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => end);
    }
}
