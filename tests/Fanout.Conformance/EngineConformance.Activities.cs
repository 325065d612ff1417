using System.Collections.Concurrent;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task ActivitiesInSequence_EachSeesWhatTheOneBeforeReturned()
    {
        var registry = Orchestrator<int, int>("chain", async (context, input) =>
        {
            for (var i = 0; i < 3; i++)
                input = await context.CallActivityAsync<int>("double", input);
            return input;
        }).AddActivity<int, int>("double", (_, x) => Task.FromResult(2 * x));

        Assert.Equal(40, OutputOf<int>(await RunAsync(registry, "chain", 5)));
    }

    [Fact]
    public async Task FanOut_AllRunAndResultsComeInTheOrderOfTheCalls()
    {
        var registry = Orchestrator<int, int[]>("squares", (context, n) =>
                Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallActivityAsync<int>("square", i))))
            .AddActivity<int, int>("square", async (_, x) =>
            {
                if (x % 2 == 0)
                    await Task.Yield();
                return x * x;
            });

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * i), OutputOf<int[]>(await RunAsync(registry, "squares", 100)));
    }

    [Fact]
    public async Task FanOut_ActivitiesRunAtTheSameTime()
    {
        var arrived = new CountdownEvent(3);
        var all = new Gate();
        var registry = Orchestrator<int, int>("meet", async (context, _) =>
                (await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<int>("meet", i)))).Sum())
            .AddActivity<int, int>("meet", async (_, x) =>
            {
                if (arrived.Signal())
                    all.Open();
                await all.OpenedAsync();
                return x;
            });

        Assert.Equal(3, OutputOf<int>(await RunAsync(registry, "meet")));
    }

    [Fact]
    public async Task ActivityFailure_ReachesTheOrchestratorAsData()
    {
        var registry = Orchestrator<int, string>("careful", async (context, _) =>
        {
            try
            {
                return await context.CallActivityAsync<string>("broken");
            }
            catch (TaskFailedException e)
            {
                return $"{e.TaskName}|{e.Failure.ErrorType}|{e.Failure.ErrorMessage}";
            }
        }).AddActivity<int, string>("broken", (_, _) => throw new FormatException("not a number"));

        Assert.Equal("broken|System.FormatException|not a number", OutputOf<string>(await RunAsync(registry, "careful")));
    }

    [Fact]
    public async Task UncaughtActivityFailure_FailsTheInstance()
    {
        var registry = Orchestrator<int, int>("careless", (context, _) => context.CallActivityAsync<int>("broken"))
            .AddActivity<int, int>("broken", (_, _) => throw new FormatException("not a number"));

        var end = await RunAsync(registry, "careless");

        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("not a number", end.Failure!.ErrorMessage, StringComparison.Ordinal);
        Assert.Null(end.SerializedOutput);
    }

    [Fact]
    public async Task OrchestratorException_FailsTheInstanceWithItsTypeAndMessage()
    {
        var registry = Orchestrator<int, int>("broken", async (context, _) =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime, CancellationToken.None);
            throw new InvalidDataException("bad state");
        });

        var end = await RunAsync(registry, "broken");

        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Equal(new FailureDetails("System.IO.InvalidDataException", "bad state"), end.Failure);
    }

    [Fact]
    public async Task UnknownActivity_FailsTheCallAndNamesIt()
    {
        var end = await RunAsync(Orchestrator<int, int>("lost", (context, _) => context.CallActivityAsync<int>("nowhere")), "lost");

        Assert.Equal(OrchestrationStatus.Failed, end.Status);
        Assert.Contains("nowhere", end.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhenAny_TheFirstToCompleteWins()
    {
        var slow = new Gate();
        var registry = Orchestrator<int, string>("race", async (context, _) =>
        {
            var first = await Task.WhenAny(context.CallActivityAsync<string>("slow"), context.CallActivityAsync<string>("fast"));
            await context.CallActivityAsync<int>("let go");
            return await first;
        }).AddActivity<int, string>("slow", async (_, _) =>
        {
            await slow.OpenedAsync();
            return "slow";
        }).AddActivity<int, string>("fast", (_, _) => Task.FromResult("fast")).AddActivity<int, int>("let go", (_, x) =>
        {
            slow.Open();
            return Task.FromResult(x);
        });

        Assert.Equal("fast", OutputOf<string>(await RunAsync(registry, "race")));
    }

    [Fact]
    public async Task Payloads_SurviveAsTheyWere()
    {
        var payload = new Payload("naïve \"quoted\" \u0001 \ud83d\ude00", null, [1, 2.5m], new Dictionary<string, long> { ["big"] = long.MaxValue });
        var registry = Orchestrator<Payload, Payload>("echo", (context, input) => context.CallActivityAsync<Payload>("echo", input))
            .AddActivity<Payload, Payload>("echo", (_, input) => Task.FromResult(input));

        var echoed = OutputOf<Payload>(await RunAsync(registry, "echo", payload));

        Assert.Equivalent(payload, echoed, strict: true);
    }

    [Fact]
    public async Task ActivityContext_NamesTheActivityAndItsCaller()
    {
        var registry = Orchestrator<int, string>("who", (context, _) => context.CallActivityAsync<string>("me"))
            .AddActivity<int, string>("me", (context, _) => Task.FromResult($"{context.Name} for {context.InstanceId}"));

        Assert.Equal("me for a", OutputOf<string>(await RunAsync(registry, "who")));
    }

    [Fact]
    public async Task ActivityThatCompletes_RunsOnce()
    {
        var runs = new ConcurrentBag<int>();
        var registry = Orchestrator<int, int>("many", async (context, n) =>
        {
            foreach (var i in Enumerable.Range(0, n))
                await context.CallActivityAsync<int>("note", i);
            return n;
        }).AddActivity<int, int>("note", (_, i) =>
        {
            runs.Add(i);
            return Task.FromResult(i);
        });

        await RunAsync(registry, "many", 20);

        Assert.Equal(Enumerable.Range(0, 20), runs.Order());
    }

    protected sealed record Payload(string Text, string? Nothing, IReadOnlyList<decimal> Numbers, Dictionary<string, long> Map);
}
