using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

/// <summary>
/// What an engine promises beyond the others that keeps all its state in one transaction: an instance is created once, events come once and in
/// order, timers never early and in the order of their times, an instance ends whatever is still under way, and code that could hang is found out. Durable Task on
/// queues promises none of it, and nothing of Fanout may rely on it.
/// </summary>
public abstract class TransactionalEngineConformance : EngineConformance
{
    [Fact]
    public async Task SchedulingTheSameIdManyTimesAtOnce_CreatesOne()
    {
        await UseAsync(Orchestrator<int, int>("echo", (_, x) => Task.FromResult(x)));

        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => ScheduleAsync("echo", i))));

        Assert.Single(created, true);
        await EndOfAsync();
    }

    [Fact]
    public async Task EventsRaisedBeforeTheWait_AreKeptInOrder() =>
        Assert.Equal("abcde", await RaiseEventsBeforeTheWaitAsync());

    [Fact]
    public async Task ContinueAsNew_KeepsEventsNobodyWaitedForInOrder() =>
        Assert.Equal("abcdefgh", await KeepEventsOverContinueAsNewAsync());

    [Fact]
    public async Task Crash_EventsKeptOverContinueAsNewStayInOrder()
    {
        var reached = new Gate();
        var held = new Gate();
        var registry = Orchestrator<Collected, string>("collect", async (context, so) =>
        {
            so = so with { Letters = so.Letters + await context.WaitForExternalEvent<string>("letter") };
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

        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(registry, "a");
        await Client.RaiseEventAsync("a", "letter", "f");

        Assert.Equal("abcdef", OutputOf<string>(await EndOfAsync()));
    }

    [Fact]
    public async Task Timer_FiresWhenItsTimeHasCome()
    {
        var registry = Orchestrator<int, double>("wait", async (context, milliseconds) =>
        {
            var start = context.CurrentUtcDateTime;
            await context.CreateTimer(start.AddMilliseconds(milliseconds), CancellationToken.None);
            return (context.CurrentUtcDateTime - start).TotalMilliseconds;
        });

        Assert.InRange(OutputOf<double>(await RunAsync(registry, "wait", 60)), 60, 20_000);
    }

    [Fact]
    public async Task TimersOfDifferentLengths_FireInTheOrderOfTheirTimes()
    {
        var registry = Orchestrator<int, string>("order", async (context, _) =>
        {
            var order = "";
            async Task After(string name, int milliseconds)
            {
                await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(milliseconds), CancellationToken.None);
                order += name;
            }

            await Task.WhenAll(After("c", 60), After("a", 5), After("b", 30));
            return order;
        });

        Assert.Equal("abc", OutputOf<string>(await RunAsync(registry, "order")));
    }

    [Fact]
    public async Task ContinueAsNew_IgnoresWhatTheOldExecutionHadUnderWay()
    {
        var old = new Gate();
        await UseAsync(Orchestrator<int, string>("restart", async (context, n) =>
        {
            if (n == 1)
            {
                // The same task ids as in the old execution: its results must not be taken for these.
                var mine = await Task.WhenAll(context.CallActivityAsync<string>("echo", "new"), context.CallActivityAsync<string>("echo", "er"));
                await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(30), CancellationToken.None);
                return string.Concat(mine);
            }

            _ = context.CallActivityAsync<string>("held");
            _ = context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(10), CancellationToken.None);
            await context.CallActivityAsync<string>("echo", "old");
            context.ContinueAsNew(1);
            return "";
        }).AddActivity<string, string>("echo", (_, text) =>
        {
            if (text == "new")
                old.Open();
            return Task.FromResult(text);
        }).AddActivity<int, string>("held", async (_, _) =>
        {
            await old.OpenedAsync();
            return "from before";
        }));
        await ScheduleAsync("restart", 0);

        Assert.Equal("newer", OutputOf<string>(await EndOfAsync()));
    }

    [Fact]
    public async Task End_DoesNotWaitForWhatIsUnderWay()
    {
        var slow = new Gate();
        var registry = Orchestrator<int, string>("race", async (context, _) =>
            await await Task.WhenAny(context.CallActivityAsync<string>("slow"), context.CallActivityAsync<string>("fast")))
            .AddActivity<int, string>("slow", async (_, _) =>
            {
                await slow.OpenedAsync();
                return "slow";
            }).AddActivity<int, string>("fast", (_, _) => Task.FromResult("fast"));

        Assert.Equal("fast", OutputOf<string>(await RunAsync(registry, "race")));
        slow.Open();
    }

    [Fact]
    public async Task SubOrchestrationWithAnIdInUse_FailsTheCallAndNamesTheId()
    {
        var registry = Orchestrator<int, string>("parent", async (context, _) =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>("child", 0, "taken");
            }
            catch (TaskFailedException e)
            {
                return e.Message;
            }
        }).AddOrchestrator<int, string>("child", (context, _) => context.WaitForExternalEvent<string>("go"));
        await UseAsync(registry);
        await ScheduleAsync("child", 0, "taken");
        await ScheduleAsync("parent");

        Assert.Contains("'taken'", OutputOf<string>(await EndOfAsync()), StringComparison.Ordinal);
        Assert.NotEqual(OrchestrationStatus.Failed, (await Client.GetInstanceAsync("taken"))!.Status);
    }

    [Fact]
    public async Task AwaitingATaskOfSomebodyElse_FailsTheInstanceInsteadOfHanging()
    {
        var never = new TaskCompletionSource();
        var registry = Orchestrator<int, int>("stray", async (_, _) =>
        {
            await never.Task;
            return 0;
        });

        var end = await RunAsync(registry, "stray");

        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("context", end.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AwaitingATaskOfSomebodyElseBesideItsOwn_FailsTheInstanceWhenThatCompletes()
    {
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registry = Orchestrator<int, int>("stray", async (context, input) =>
        {
            _ = context.WaitForExternalEvent<int>("never");
            _ = context.CallActivityAsync<int>("open", input);
            await elsewhere.Task;
            return 0;
        }).AddActivity<int, int>("open", (_, x) =>
        {
            elsewhere.SetResult();
            return Task.FromResult(x);
        });

        var end = await RunAsync(registry, "stray");

        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("'stray'", end.Failure!.ErrorMessage, StringComparison.Ordinal);
    }
}
