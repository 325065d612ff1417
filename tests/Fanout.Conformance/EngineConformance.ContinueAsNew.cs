using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task ContinueAsNew_BeginsAgainWithAnEmptyHistory()
    {
        var registry = Orchestrator<int, int>("count", async (context, n) =>
        {
            await context.CallActivityAsync<int>("work", n);
            if (n < 50)
                context.ContinueAsNew(n + 1);
            return n;
        }).AddActivity<int, int>("work", (_, n) => Task.FromResult(n));

        var end = await RunAsync(registry, "count", 0);

        Assert.Equal(50, OutputOf<int>(end));
        Assert.InRange(end.HistoryLength ?? 1, 1, 12);
    }

    [Fact]
    public async Task ContinueAsNew_KeepsEventsNobodyWaitedFor() =>
        Assert.Equal("abcdefgh", string.Concat((await KeepEventsOverContinueAsNewAsync()).Order()));

    // What was raised as "abcdefgh", as it came.
    private protected async Task<string> KeepEventsOverContinueAsNewAsync()
    {
        var raised = new Gate();
        await UseAsync(Orchestrator<Collected, string>("collect", async (context, so) =>
        {
            if (so.Letters.Length == 0)
                await context.CallActivityAsync<int>("until raised");
            so = so with { Letters = so.Letters + await context.WaitForExternalEvent<string>("letter") };
            if (so.Letters.Length < so.Wanted)
                context.ContinueAsNew(so);
            return so.Letters;
        }).AddActivity<int, int>("until raised", async (_, _) =>
        {
            await raised.OpenedAsync();
            return 0;
        }));
        await ScheduleAsync("collect", new Collected("", 8));
        for (var i = 0; i < 8; i++)
        {
            await Client.RaiseEventAsync("a", "letter", ((char)('a' + i)).ToString());
            if (i == 4)
                raised.Open();
        }

        return OutputOf<string>(await EndOfAsync())!;
    }

    [Fact]
    public async Task ContinueAsNewWithoutPreserving_DropsEventsNobodyWaitedFor()
    {
        var raised = new Gate();
        await UseAsync(Orchestrator<int, string>("forget", async (context, n) =>
        {
            if (n == 1)
            {
                var old = context.WaitForExternalEvent<string>("old");
                var fresh = context.WaitForExternalEvent<string>("new");
                context.SendEvent("sender", "ask", null);
                return await await Task.WhenAny(old, fresh);
            }

            await context.CallActivityAsync<int>("until raised");
            await context.WaitForExternalEvent<string>("marker");
            context.ContinueAsNew(1, preserveUnprocessedEvents: false);
            return "";
        }).AddActivity<int, int>("until raised", async (_, _) =>
        {
            await raised.OpenedAsync();
            return 0;
        }).AddOrchestrator<int, int>("sender", async (context, _) =>
        {
            await context.WaitForExternalEvent<string>("ask");
            context.SendEvent("a", "new", "new");
            return 0;
        }));
        await ScheduleAsync("sender", 0, "sender");
        await ScheduleAsync("forget", 0);
        await Client.RaiseEventAsync("a", "old", "old");
        await Client.RaiseEventAsync("a", "marker", "");
        raised.Open();

        Assert.Equal("new", OutputOf<string>(await EndOfAsync()));
    }

    protected sealed record Collected(string Letters, int Wanted);
}
