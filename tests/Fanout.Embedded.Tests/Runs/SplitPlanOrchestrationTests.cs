using System.Collections.Concurrent;
using Fanout.Embedded.Tests.Conformance;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>The root of a run whose source is split, on the embedded engine, over activities that only say what they were given.</summary>
public sealed class SplitPlanOrchestrationTests
{
    private const int AtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, int> _planned = [];
    private readonly TaskCompletionSource _allAtOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;
    private int _most;
    private int _merges;

    [Fact]
    public async Task SplitOfTheMostParts_HasEachPlannedOnceAndSixteenAtOnce_AndItsHistoryStaysShort()
    {
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(SourceSplit.MaxParts, async part =>
        {
            var now = Interlocked.Increment(ref _underWay);
            lock (_allAtOnce)
                _most = Math.Max(_most, now);
            if (now == AtOnce)
                _allAtOnce.TrySetResult();
            await _allAtOnce.Task.WaitAsync(Patience);
            Interlocked.Decrement(ref _underWay);
            return Planned(part);
        }));
        var ended = await RunAsync(engine);
        Assert.Contains($"\"succeeded\":{Items(SourceSplit.MaxParts)}", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, SourceSplit.MaxParts), _planned.Keys.Order());
        Assert.All(_planned.Values, times => Assert.Equal(1, times));
        Assert.Equal((AtOnce, 1), (_most, _merges));
        Assert.InRange(ended.HistoryLength!.Value, 1, 3 * (SourceSplit.MaxParts + 10));
    }

    [Fact]
    public async Task PartOfASourceThatFails_EndsTheRunAndNoOtherIsBegun()
    {
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(SourceSplit.MaxParts, part =>
            Task.FromResult(new PlanPartResult(null, $"It changed at part {part}."))));
        var ended = await RunAsync(engine);
        Assert.Contains("\"SourceFailed\"", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Contains("It changed at part", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal((AtOnce, 0), (_planned.Count, _merges));
    }

    [Fact]
    public async Task PartThatBreaks_EndsTheRunAndNoOtherIsBegun()
    {
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(
            SourceSplit.MaxParts, _ => throw new InvalidOperationException("It is broken.")));
        var ended = await RunAsync(engine);
        Assert.Contains("\"InternalFailure\"", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Contains("It is broken.", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal((AtOnce, 0), (_planned.Count, _merges));
    }

    [Fact]
    public async Task CrashBetweenParts_RepeatsOnlyThoseThatWereNotRecorded()
    {
        using var held = new SemaphoreSlim(0);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registry = Registry(2 * AtOnce, async part =>
        {
            // Each of these is begun when one of the first was recorded.
            if (part >= AtOnce)
            {
                held.Release();
                await goOn.Task.WaitAsync(Patience);
            }

            return Planned(part);
        });
        await using var host = new EmbeddedEngineHost(EmbeddedStorage.InMemory(), new EmbeddedEngineOptions(), registry);
        await host.Client.ScheduleNewOrchestrationInstanceAsync(RunOrchestration.Name, new RunInput("r", null, null), "r");
        for (var part = 0; part < AtOnce; part++)
            Assert.True(await held.WaitAsync(Patience));

        await host.CrashAsync();
        goOn.SetResult();
        await host.RestartAsync(registry, "r");
        var ended = await host.Client.WaitForInstanceCompletionAsync("r").WaitAsync(Patience);

        Assert.Contains($"\"succeeded\":{Items(2 * AtOnce)}", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 2 * AtOnce).Select(part => (part, part < AtOnce ? 1 : 2)), _planned.Select(part => (part.Key, part.Value)).Order());
        Assert.Equal(1, _merges);
    }

    private static PlanPartResult Planned(int part) => new(new PlannedPart(part + 1), null);

    private static int Items(int parts) => parts * (parts + 1) / 2;

    private static async Task<OrchestrationMetadata> RunAsync(EmbeddedEngine engine)
    {
        await engine.ScheduleNewOrchestrationInstanceAsync(RunOrchestration.Name, new RunInput("r", null, null), "r");
        return await engine.WaitForInstanceCompletionAsync("r").WaitAsync(Patience);
    }

    private OrchestrationRegistry Registry(int parts, Func<int, Task<PlanPartResult>> plan)
    {
        var fanout = new FanoutRegistry();
        var split = new SourceSplit(parts, "state");
        return new OrchestrationRegistry()
            .AddOrchestrator<RunInput, RunReport?>(RunOrchestration.Name, (context, input) => RunOrchestration.RunAsync(context, input, fanout))
            .AddOrchestrator<BranchInput, BranchResult>(BranchOrchestration.Name, (context, input) => BranchOrchestration.RunAsync(context, input, fanout))
            .AddActivity<string, PlanResult>(Activities.Plan, (_, _) => Task.FromResult(new PlanResult(null, null) { Split = split }))
            .AddActivity<PlanPartInput, PlanPartResult>(Activities.PlanPart, async (_, input) =>
            {
                Assert.Equal(("r", split), (input.RunId, input.Split));
                _planned.AddOrUpdate(input.Part, 1, (_, times) => times + 1);
                return await plan(input.Part);
            })
            .AddActivity<MergePlanInput, PlanResult>(Activities.MergePlan, (_, input) =>
            {
                Interlocked.Increment(ref _merges);
                Assert.Equal(Enumerable.Range(1, parts).Select(items => (long)items), input.Parts.Select(part => part.ItemCount));
                var source = new SourcePlan(input.Parts.Sum(part => part.ItemCount), null);
                return Task.FromResult(new PlanResult(new RunPlan(source, Branches: 1, LanesPerBranch: 1, MinItems: 1, MaxItems: 10_000), null));
            })
            .AddActivity<BatchInput, BatchResult>(Activities.Batch, (_, input) => Task.FromResult(
                new BatchResult { End = BatchEnd.RangeDone, Next = input.End, Tally = new Tally { Succeeded = input.End - input.Start } }))
            .AddActivity<CloseBranchInput, bool>(Activities.CloseBranch, (_, _) => Task.FromResult(true))
            .AddActivity<CloseRunInput, RunReport>(Activities.CloseRun, (_, input) => Task.FromResult(Reports.Build(input, null, DateTimeOffset.UnixEpoch, "nowhere")));
    }
}
