using System.Collections.Concurrent;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>The orchestrators on the embedded engine, over batches that only say what they were given.</summary>
public sealed class RunOrchestrationTests
{
    [Fact]
    public async Task SoManyBatchesThatTheRootContinuesAsNew_EachItemIsHandedOutOnceAndHistoriesStayShort()
    {
        const long Items = 20_000;
        var worked = new ConcurrentBag<(long Start, long End)>();
        var plan = new RunPlan(new SourcePlan(Items, null), Branches: 3, LanesPerBranch: 2, MinItems: 1, MaxItems: 1);
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(plan, input =>
        {
            worked.Add((input.Start, input.End));
            return new BatchResult { End = BatchEnd.RangeDone, Next = input.End, Tally = new Tally { Succeeded = input.End - input.Start } };
        }));
        await engine.ScheduleNewOrchestrationInstanceAsync("run", new RunInput("r", null, null), "r");
        var ended = await engine.WaitForInstanceCompletionAsync("r");

        Assert.Null(ended.Failure);
        Assert.Contains($"\"succeeded\":{Items}", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, (int)Items).Select(i => ((long)i, i + 1L)), worked.Order());
        // 150 branches and more have ended; without continuing as new the root alone would hold several hundred events.
        Assert.InRange(ended.HistoryLength!.Value, 1, 450);
        Assert.NotNull(await engine.GetInstanceAsync("r:b0150"));
    }

    [Fact]
    public async Task SlicesThatEndEarly_HandBackRestAndPendingItemsToLaterBatches()
    {
        var settled = new ConcurrentDictionary<long, int>();
        var plan = new RunPlan(new SourcePlan(1_000, null), Branches: 2, LanesPerBranch: 3, MinItems: 1, MaxItems: 100);
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(plan, input =>
        {
            // Half of what it was given is taken, every fifth of that is left waiting once.
            var next = input.Start + ((input.End - input.Start + 1) / 2);
            var fresh = Enumerable.Range((int)input.Start, (int)(next - input.Start)).Select(i => (long)i).ToList();
            var pending = fresh.Where(index => index % 5 == 0).Select(index => new PendingItem(index, 1, null)).ToList();
            var done = fresh.Where(index => index % 5 != 0).Concat(input.Pending.Select(item => item.Index)).ToList();
            foreach (var index in done)
                settled.AddOrUpdate(index, 1, (_, times) => times + 1);
            return new BatchResult { End = BatchEnd.HandedBack, Next = next, Pending = pending, Tally = new Tally { Succeeded = done.Count } };
        }));
        await engine.ScheduleNewOrchestrationInstanceAsync("run", new RunInput("r", null, null), "r");
        var ended = await engine.WaitForInstanceCompletionAsync("r");
        Assert.Contains("\"succeeded\":1000", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal(1_000, settled.Count);
        Assert.All(settled.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task ResultOfABatchThatACrashUndid_IsNotTakenForAnothers()
    {
        var calls = new ConcurrentBag<string>();
        var plan = new RunPlan(new SourcePlan(100, null), Branches: 1, LanesPerBranch: 2, MinItems: 10, MaxItems: 10) { LanesAreApart = true };
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(plan, input =>
        {
            var isFirst = !calls.Contains(input.Key);
            calls.Add(input.Key);
            // What was called in its place before the crash: as many items, of somewhere else.
            return new BatchResult
            {
                Key = isFirst ? $"{input.Key}-of-before" : input.Key,
                End = BatchEnd.RangeDone,
                Next = isFirst ? 0 : input.End,
                Tally = new Tally { Succeeded = isFirst ? 77 : input.End - input.Start },
            };
        }));
        await engine.ScheduleNewOrchestrationInstanceAsync("run", new RunInput("r", null, null), "r");
        var ended = await engine.WaitForInstanceCompletionAsync("r");
        Assert.Null(ended.Failure);
        Assert.Contains("\"succeeded\":100", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal(10, calls.Distinct().Count());
        Assert.Equal(20, calls.Count);
    }

    [Fact]
    public void BatchesOfLanesThatAreApart_AreNamedByTheirWorkToo()
    {
        var one = new WorkUnit(0, 10, []);
        Assert.Equal(one.Fingerprint(), new WorkUnit(0, 10, []).Fingerprint());
        Assert.NotEqual(one.Fingerprint(), new WorkUnit(0, 11, []).Fingerprint());
        Assert.NotEqual(one.Fingerprint(), (one with { Pending = [new PendingItem(3, 1, null)] }).Fingerprint());
        Assert.Matches("^[0-9a-f]{8}$", one.Fingerprint());
    }

    [Fact]
    public async Task PausedBatches_WaitForASignalNewerThanThePauseTheySaw()
    {
        using var paused = new SemaphoreSlim(0);
        var resumed = 0;
        var plan = new RunPlan(new SourcePlan(10, null), Branches: 1, LanesPerBranch: 1, MinItems: 1, MaxItems: 10);
        await using var engine = new EmbeddedEngine(EmbeddedStorage.InMemory(), Registry(plan, input =>
        {
            if (Volatile.Read(ref resumed) == 1)
                return new BatchResult { End = BatchEnd.RangeDone, Next = input.End, Tally = new Tally { Succeeded = input.End - input.Start } };
            paused.Release();
            return new BatchResult { End = BatchEnd.Paused, Next = input.Start, Tally = Tally.Zero, ControlVersion = 3 };
        }));
        await engine.ScheduleNewOrchestrationInstanceAsync("run", new RunInput("r", null, null), "r");
        await paused.WaitAsync();
        // Signals that came late tell of older wishes; they start nothing.
        await engine.RaiseEventAsync("r", ControlSignal.EventName, new ControlSignal(2, Paused: false, null));
        await engine.RaiseEventAsync("r", ControlSignal.EventName, new ControlSignal(3, Paused: true, null));
        Volatile.Write(ref resumed, 1);
        await engine.RaiseEventAsync("r", ControlSignal.EventName, new ControlSignal(4, Paused: false, null));
        var ended = await engine.WaitForInstanceCompletionAsync("r");
        Assert.Contains("\"succeeded\":10", ended.SerializedOutput, StringComparison.Ordinal);
        Assert.Equal(0, paused.CurrentCount);
    }

    private static OrchestrationRegistry Registry(RunPlan plan, Func<BatchInput, BatchResult> work)
    {
        var fanout = new FanoutRegistry();
        var registry = new OrchestrationRegistry();
        registry.AddOrchestrator<RunInput, RunReport?>("run", (context, input) => RunOrchestration.RunAsync(context, input, fanout));
        registry.AddOrchestrator<BranchInput, BranchResult>("branch", (context, input) => BranchOrchestration.RunAsync(context, input, fanout));
        registry.AddActivity<string, PlanResult>("plan", (_, _) => Task.FromResult(new PlanResult(plan, null)));
        registry.AddActivity<BatchInput, BatchResult>("batch", (_, input) => Task.FromResult(work(input)));
        registry.AddActivity<CloseBranchInput, bool>("closeBranch", (_, _) => Task.FromResult(true));
        registry.AddActivity<CloseRunInput, RunReport>("closeRun", (_, input) =>
            Task.FromResult(Reports.Build(input, null, DateTimeOffset.UnixEpoch, "nowhere")));
        return registry;
    }
}
