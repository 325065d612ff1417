using System.Collections.Concurrent;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task Crash_CompletedActivitiesDoNotRunAgainAndPendingOnesDo()
    {
        var runs = new ConcurrentBag<string>();
        var reached = new Gate();
        var held = new Gate();
        var registry = Orchestrator<int, string>("work", async (context, _) =>
            {
                var first = await context.CallActivityAsync<string>("run", "first");
                context.SetCustomStatus("second");
                return first + await context.CallActivityAsync<string>("run", "second");
            })
            .AddActivity<string, string>("run", async (_, name) =>
            {
                runs.Add(name);
                if (name == "second")
                {
                    reached.Open();
                    await held.OpenedAsync();
                }

                return name;
            });
        await UseAsync(registry);
        await ScheduleAsync("work");
        await reached.OpenedAsync();
        await TurnSavedAsync(customStatus: "second");

        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(registry, "a");

        Assert.Equal("firstsecond", OutputOf<string>(await EndOfAsync()));
        Assert.Equal(["first", "second", "second"], runs.Order());
    }

    [Fact]
    public async Task Crash_TimersAndEventsSurvive()
    {
        var reached = new Gate();
        var registry = Orchestrator<int, string>("wait", async (context, _) =>
        {
            var timer = context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(100), CancellationToken.None);
            await context.CallActivityAsync<int>("reached");
            var first = await context.WaitForExternalEvent<string>("first");
            await timer;
            return first + await context.WaitForExternalEvent<string>("second");
        }).AddActivity<int, int>("reached", (_, x) =>
        {
            reached.Open();
            return Task.FromResult(x);
        });
        await UseAsync(registry);
        await ScheduleAsync("wait");
        await Client.RaiseEventAsync("a", "first", "one");
        await reached.OpenedAsync();
        await TurnSavedAsync();

        await Host.CrashAsync();
        await Host.RestartAsync(registry, "a");
        await Client.RaiseEventAsync("a", "second", "two");

        Assert.Equal("onetwo", OutputOf<string>(await EndOfAsync()));
    }

    [Fact]
    public async Task Crash_SubOrchestrationsGoOn()
    {
        var running = new CountdownEvent(3);
        var reached = new Gate();
        var held = new Gate();
        var registry = Orchestrator<int, int>("parent", async (context, n) =>
                (await Task.WhenAll(Enumerable.Range(1, n).Select(i => context.CallSubOrchestratorAsync<int>("child", i)))).Sum())
            .AddOrchestrator<int, int>("child", async (context, i) => await context.CallActivityAsync<int>("hold", i))
            .AddActivity<int, int>("hold", async (_, i) =>
            {
                if (!running.IsSet && running.Signal())
                    reached.Open();
                await held.OpenedAsync();
                return i;
            });
        await UseAsync(registry);
        await ScheduleAsync("parent", 3);
        await reached.OpenedAsync();

        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(registry, "a");

        Assert.Equal(6, OutputOf<int>(await EndOfAsync()));
    }

    [Fact]
    public async Task Crash_TerminateSentMeanwhileIsHonoured()
    {
        var reached = new Gate();
        var registry = Orchestrator<int, int>("wait", async (context, _) =>
        {
            await context.CallActivityAsync<int>("reached");
            return await context.WaitForExternalEvent<int>("never");
        }).AddActivity<int, int>("reached", (_, x) =>
        {
            reached.Open();
            return Task.FromResult(x);
        });
        await UseAsync(registry);
        await ScheduleAsync("wait");
        await reached.OpenedAsync();
        await TurnSavedAsync();
        await Host.CrashAsync();

        await Host.RestartAsync(registry);
        await Client.TerminateInstanceAsync("a", "while nobody drove it");
        await Host.RestartAsync(registry, "a");

        Assert.Equal(OrchestrationStatus.Terminated, (await EndOfAsync()).Status);
    }

    [Fact]
    public async Task Crash_NoEventKeptOverContinueAsNewIsLost()
    {
        var reached = new Gate();
        var held = new Gate();
        var registry = Orchestrator<Collected, string>("collect", async (context, so) =>
        {
            // An event may come more than once.
            so = so with { Letters = string.Concat((so.Letters + await context.WaitForExternalEvent<string>("letter")).Distinct().Order()) };
            if (so.Letters.Length == 3)
                await context.CallActivityAsync<int>("hold");
            if (so.Letters.Length < so.Wanted)
                context.ContinueAsNew(so);
            return so.Letters;
        }).AddActivity<int, int>("hold", async (_, x) =>
        {
            reached.Open();
            await held.OpenedAsync();
            return x;
        });
        await UseAsync(registry);
        await ScheduleAsync("collect", new Collected("", 6));
        foreach (var letter in "abcde")
            await Client.RaiseEventAsync("a", "letter", letter.ToString());
        await reached.OpenedAsync();
        await TurnSavedAsync();

        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(registry, "a");
        await Client.RaiseEventAsync("a", "letter", "f");

        Assert.Equal("abcdef", OutputOf<string>(await EndOfAsync()));
    }
}
