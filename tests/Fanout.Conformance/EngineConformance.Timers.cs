using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    // A durable timer may fire early, by up to a second on Azure Storage: whoever waits looks at the clock, and sets it anew.
    [Fact]
    public async Task TimerSetAnewUntilItsTimeHasCome_Ends()
    {
        var registry = Orchestrator<int, double>("wait", async (context, milliseconds) =>
        {
            var start = context.CurrentUtcDateTime;
            var due = start.AddMilliseconds(milliseconds);
            while (context.CurrentUtcDateTime < due)
                await context.CreateTimer(due, CancellationToken.None);
            return (context.CurrentUtcDateTime - start).TotalMilliseconds;
        });

        Assert.InRange(OutputOf<double>(await RunAsync(registry, "wait", 60)), 60, 20_000);
    }

    [Fact]
    public async Task TimerInThePast_FiresAtOnce()
    {
        var registry = Orchestrator<int, int>("late", async (context, _) =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
            return 1;
        });

        Assert.Equal(1, OutputOf<int>(await RunAsync(registry, "late")));
    }

    [Fact]
    public async Task CancelledTimer_ThrowsAndDoesNotHoldTheInstance()
    {
        var registry = Orchestrator<int, string>("cancel", async (context, _) =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(context.CurrentUtcDateTime.AddDays(100), cancel.Token);
            await context.CallActivityAsync<int>("work");
            cancel.Cancel();
            try
            {
                await timer;
                return "fired";
            }
            catch (OperationCanceledException)
            {
                await context.CallActivityAsync<int>("work");
                return "cancelled";
            }
        }).AddActivity<int, int>("work", (_, x) => Task.FromResult(x));

        Assert.Equal("cancelled", OutputOf<string>(await RunAsync(registry, "cancel")));
    }

    [Fact]
    public async Task CancelAfterTheTimerFired_MeansNothing()
    {
        var registry = Orchestrator<int, int>("late", async (context, _) =>
        {
            using var cancel = new CancellationTokenSource();
            await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(1), cancel.Token);
            cancel.Cancel();
            return await context.CallActivityAsync<int>("work", 7);
        }).AddActivity<int, int>("work", (_, x) => Task.FromResult(x));

        Assert.Equal(7, OutputOf<int>(await RunAsync(registry, "late")));
    }

    [Fact]
    public async Task TimerWithACancelledToken_ThrowsAtOnce()
    {
        var registry = Orchestrator<int, bool>("never", async (context, _) =>
        {
            try
            {
                await context.CreateTimer(context.CurrentUtcDateTime.AddDays(1), new CancellationToken(canceled: true));
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        });

        Assert.True(OutputOf<bool>(await RunAsync(registry, "never")));
    }

    [Fact]
    public async Task RaceOfTimerAndActivity_TheLoserIsForgotten()
    {
        var slow = new Gate();
        var registry = Orchestrator<int, string>("timeout", async (context, _) =>
        {
            var work = context.CallActivityAsync<string>("slow");
            var timer = context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(20), CancellationToken.None);
            if (await Task.WhenAny(work, timer) != timer)
                return await work;
            await context.CallActivityAsync<int>("let go");
            return "timed out";
        }).AddActivity<int, string>("slow", async (_, _) =>
        {
            await slow.OpenedAsync();
            return "done";
        }).AddActivity<int, int>("let go", (_, x) =>
        {
            slow.Open();
            return Task.FromResult(x);
        });

        Assert.Equal("timed out", OutputOf<string>(await RunAsync(registry, "timeout")));
    }
}
