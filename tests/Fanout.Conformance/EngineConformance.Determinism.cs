using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task NewGuid_DiffersWithinAnInstanceAndBetweenInstances()
    {
        var registry = Orchestrator<int, Guid[]>("ids", async (context, _) =>
        {
            var first = context.NewGuid();
            await context.CallActivityAsync<int>("work");
            return [first, context.NewGuid(), context.NewGuid()];
        }).AddActivity<int, int>("work", (_, x) => Task.FromResult(x));
        var ids = OutputOf<Guid[]>(await RunAsync(registry, "ids"))!.ToList();
        await ScheduleAsync("ids", 0, "b");
        ids.AddRange(OutputOf<Guid[]>(await EndOfAsync("b"))!);

        Assert.Equal(6, ids.Distinct().Count());
    }

    [Fact]
    public async Task GuidsAndTimes_AreTheSameAfterACrash()
    {
        var seen = new List<(string Point, Guid Id, DateTime Time, bool Replaying)>();
        var held = new Gate();
        var reached = new Gate();
        var registry = Orchestrator<int, int>("look", async (context, _) =>
        {
            void Look(string point)
            {
                lock (seen)
                    seen.Add((point, context.NewGuid(), context.CurrentUtcDateTime, context.IsReplaying));
            }

            Look("first");
            await context.CallActivityAsync<int>("work", 1);
            Look("second");
            await context.CallActivityAsync<int>("hold");
            Look("third");
            return 0;
        }).AddActivity<int, int>("work", (_, x) => Task.FromResult(x)).AddActivity<int, int>("hold", async (_, x) =>
        {
            reached.Open();
            await held.OpenedAsync();
            return x;
        });
        await UseAsync(registry);
        await ScheduleAsync("look");
        await reached.OpenedAsync();

        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(registry, "a");
        await EndOfAsync();

        foreach (var point in seen.GroupBy(look => look.Point))
            Assert.Single(point.Select(look => (look.Id, look.Time)).Distinct());
        Assert.Contains(seen, look => look is { Point: "second", Replaying: true });
        Assert.Contains(seen, look => look is { Point: "third", Replaying: false });
    }

    [Fact]
    public async Task IsReplaying_IsFalseForEachPointExactlyOnce()
    {
        var fresh = new List<string>();
        var registry = Orchestrator<int, int>("look", async (context, n) =>
        {
            for (var i = 0; i < n; i++)
            {
                if (!context.IsReplaying)
                    fresh.Add($"before {i}");
                await context.CallActivityAsync<int>("work", i);
            }

            return n;
        }).AddActivity<int, int>("work", (_, x) => Task.FromResult(x));

        await RunAsync(registry, "look", 5);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"before {i}"), fresh);
    }

    [Fact]
    public async Task CodeThatChanged_FailsTheInstanceAndNamesBothSides()
    {
        var reached = new Gate();
        var held = new Gate();
        OrchestrationRegistry Version(string activity) =>
            Orchestrator<int, int>("changing", (context, _) => context.CallActivityAsync<int>(activity))
                .AddActivity<int, int>("charge", Hold)
                .AddActivity<int, int>("refund", Hold);
        async Task<int> Hold(ActivityContext context, int input)
        {
            reached.Open();
            await held.OpenedAsync();
            return 1;
        }

        await UseAsync(Version("charge"));
        await ScheduleAsync("changing");
        await reached.OpenedAsync();
        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(Version("refund"), "a");

        var end = await EndOfAsync();
        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("'charge'", end.Failure!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("'refund'", end.Failure.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeThatDoesLessThanItsHistory_FailsTheInstance()
    {
        var reached = new Gate();
        var held = new Gate();
        OrchestrationRegistry Version(bool calls) => Orchestrator<int, int>(
                "changing", (context, _) => calls ? context.CallActivityAsync<int>("charge") : Task.FromResult(0))
            .AddActivity<int, int>("charge", async (_, _) =>
            {
                reached.Open();
                await held.OpenedAsync();
                return 1;
            });

        await UseAsync(Version(calls: true));
        await ScheduleAsync("changing");
        await reached.OpenedAsync();
        await Host.CrashAsync();
        held.Open();
        await Host.RestartAsync(Version(calls: false), "a");

        var end = await EndOfAsync();
        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("'charge'", end.Failure!.ErrorMessage, StringComparison.Ordinal);
    }
}
