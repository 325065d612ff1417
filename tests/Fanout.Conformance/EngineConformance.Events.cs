using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task EventRaisedWhileWaiting_CompletesTheWait()
    {
        var waiting = new Gate();
        await UseAsync(Orchestrator<int, string>("wait", async (context, _) =>
        {
            await context.CallActivityAsync<int>("ready");
            return await context.WaitForExternalEvent<string>("go");
        }).AddActivity<int, int>("ready", (_, _) =>
        {
            waiting.Open();
            return Task.FromResult(0);
        }));
        await ScheduleAsync("wait");
        await waiting.OpenedAsync();

        await Client.RaiseEventAsync("a", "go", "now");

        Assert.Equal("now", OutputOf<string>(await EndOfAsync()));
    }

    [Fact]
    public async Task EventsRaisedBeforeTheWait_AreKept() =>
        Assert.Equal("abcde", string.Concat((await RaiseEventsBeforeTheWaitAsync()).Order()));

    // What was raised as "abcde", as it came.
    private protected async Task<string> RaiseEventsBeforeTheWaitAsync()
    {
        var raised = new Gate();
        await UseAsync(Orchestrator<int, string>("collect", async (context, n) =>
        {
            await context.CallActivityAsync<int>("until raised");
            var all = "";
            for (var i = 0; i < n; i++)
                all += await context.WaitForExternalEvent<string>("letter");
            return all;
        }).AddActivity<int, int>("until raised", async (_, _) =>
        {
            await raised.OpenedAsync();
            return 0;
        }));
        await ScheduleAsync("collect", 5);

        foreach (var letter in "abcde")
            await Client.RaiseEventAsync("a", "letter", letter.ToString());
        raised.Open();

        return OutputOf<string>(await EndOfAsync())!;
    }

    [Fact]
    public async Task EventsOfDifferentNames_DoNotMix()
    {
        await UseAsync(Orchestrator<int, string>("pair", async (context, _) =>
        {
            var right = context.WaitForExternalEvent<string>("right");
            var left = context.WaitForExternalEvent<string>("left");
            return await left + await right;
        }));
        await ScheduleAsync("pair");

        await Client.RaiseEventAsync("a", "left", "L");
        await Client.RaiseEventAsync("a", "right", "R");

        Assert.Equal("LR", OutputOf<string>(await EndOfAsync()));
    }

    [Fact]
    public async Task CancelledWait_LeavesTheEventForTheNext()
    {
        await UseAsync(Orchestrator<int, string>("patience", async (context, _) =>
        {
            using var cancel = new CancellationTokenSource();
            var first = context.WaitForExternalEvent<string>("go", cancel.Token);
            await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(5), CancellationToken.None);
            cancel.Cancel();
            try
            {
                await first;
                return "not cancelled";
            }
            catch (OperationCanceledException)
            {
                context.SendEvent("raiser", "ask", null);
                return await context.WaitForExternalEvent<string>("go");
            }
        }).AddOrchestrator<int, string>("raiser", async (context, _) =>
        {
            await context.WaitForExternalEvent<string>("ask");
            context.SendEvent("a", "go", "second");
            return "";
        }));
        await ScheduleAsync("raiser", null, "raiser");
        await ScheduleAsync("patience");

        Assert.Equal("second", OutputOf<string>(await EndOfAsync()));
    }

    [Fact]
    public async Task SendEvent_ReachesAnotherInstanceOnce()
    {
        await UseAsync(Orchestrator<int, int>("sum", async (context, n) =>
        {
            var sum = 0;
            for (var i = 0; i < n; i++)
                sum += await context.WaitForExternalEvent<int>("number");
            return sum;
        }).AddOrchestrator<int, int>("sender", (context, n) =>
        {
            for (var i = 1; i <= n; i++)
                context.SendEvent("a", "number", i);
            return Task.FromResult(n);
        }));
        await ScheduleAsync("sum", 10);
        await ScheduleAsync("sender", 10, "sender");

        Assert.Equal(55, OutputOf<int>(await EndOfAsync()));
    }

    [Fact]
    public async Task EventsForNobody_AreDropped()
    {
        await UseAsync(Orchestrator<int, int>("send", (context, _) =>
        {
            context.SendEvent("nobody", "hello", 1);
            return Task.FromResult(1);
        }));
        await Client.RaiseEventAsync("nobody", "hello", null);
        await ScheduleAsync("send");
        Assert.Equal(1, OutputOf<int>(await EndOfAsync()));

        await Client.RaiseEventAsync("a", "hello", null);

        Assert.Equal(OrchestrationStatus.Completed, (await Client.GetInstanceAsync("a"))!.Status);
        Assert.Null(await Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task PingPong_TwoInstancesTalk()
    {
        await UseAsync(Orchestrator<int, int>("return", async (context, _) =>
        {
            var ball = 0;
            while (ball < 19)
            {
                ball = await context.WaitForExternalEvent<int>("ball");
                context.SendEvent("b", "ball", ball + 1);
            }

            return ball;
        }).AddOrchestrator<int, int>("serve", async (context, _) =>
        {
            var ball = 0;
            while (ball < 20)
            {
                context.SendEvent("a", "ball", ball + 1);
                ball = await context.WaitForExternalEvent<int>("ball");
            }

            return ball;
        }));
        await ScheduleAsync("return");
        await ScheduleAsync("serve", 0, "b");

        Assert.Equal(20, OutputOf<int>(await EndOfAsync("b")));
        Assert.Equal(19, OutputOf<int>(await EndOfAsync()));
    }
}
