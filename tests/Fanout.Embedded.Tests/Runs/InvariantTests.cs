using System.Collections.Concurrent;
using Fanout.Handlers;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>The invariants of the design, each on whole runs. Memory (08) has to be measured alone: MemoryTests. What only a killed process can show is in Fanout.Cli.Tests/Processes.</summary>
public sealed class InvariantTests
{
    private static readonly TimeSpan TwoSeconds = TimeSpan.FromSeconds(2);

    // How long after its start was granted a handler may come to look at the clock on a busy machine.
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Invariant01_WhateverInterruptsARun_EachItemHasOneOutcome()
    {
        const int Items = 3_000;
        const string Spec = """{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 3000 }, "flow": { "concurrency": 8 }, "batch": { "checkpoint": "10ms", "slice": "100ms", "maxItems": 200 }, "failure": { "retry": { "maxAttempts": 3, "firstDelay": "5ms" } } }""";
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        var handled = 0;
        RunReport? report = null;
        for (var life = 1; report is null; life++)
        {
            // Each life but the last handles some items, then lets go at once: items in flight are cancelled and put back.
            using var abort = new CancellationTokenSource();
            var most = life < 8 ? handled + (life * 50) : int.MaxValue;
            await using var home = await TestHome.OpenAsync(
                fanout => fanout.AddHandler<int, int>("work", (number, context, token) => HandleAsync(number, context, most, abort, token)), directory, grace: TimeSpan.Zero);
            report = await home.Fanout.Driver.DriveAsync(await home.StartAsync(Spec), abort.Token, abort.Token);
            if (report is not null)
                Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), (await home.ResultsAsync("r")).Select(line => line.Index));
        }

        Assert.Equal((Items, Items / 10L, Items - (Items / 10L)), (report.Total, report.Tally.Failed, report.Tally.Succeeded));
        Directory.Delete(directory, recursive: true);

        async ValueTask<int> HandleAsync(int number, ItemContext context, int most, CancellationTokenSource abort, CancellationToken token)
        {
            if (Interlocked.Increment(ref handled) == most)
                await abort.CancelAsync();
            await Task.Yield();
            token.ThrowIfCancellationRequested();
            if (number % 10 == 0)
                throw new PermanentItemException("no");
            return number % 10 != 1 || context.Attempt == 3 ? number : throw new InvalidOperationException("not yet");
        }
    }

    [Theory]
    [InlineData(CompletionReason.CancelledByRequest)]
    [InlineData(CompletionReason.ToleranceExceeded)]
    [InlineData(CompletionReason.DeadlineReached)]
    public async Task Invariant01_RunThatEndsEarly_CountsWhatWasNeverStarted(CompletionReason reason)
    {
        var begun = new ConcurrentDictionary<long, bool>();
        TestHome? home = null;
        await using var opened = home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", async (number, context, token) =>
        {
            begun.TryAdd(number, true);
            if (number % 9 == 0 && context.Attempt < 20)
                throw new InvalidOperationException("not yet");
            if (number >= 500 && reason == CompletionReason.ToleranceExceeded)
                throw new PermanentItemException("no");
            if (number == 500 && reason == CompletionReason.CancelledByRequest)
                await home!.Fanout.Client.CancelAsync("r", CancellationToken.None);
            if (number >= 500)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return number;
        }));
        var deadline = reason == CompletionReason.DeadlineReached ? "1s" : "1m";
        var report = await home.RunAsync($$"""{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 5000 }, "batch": { "lanes": 2, "slice": "100ms", "maxItems": 50 }, "failure": { "retry": { "maxAttempts": 20, "firstDelay": "150ms" }, "tolerate": { "count": 20 }, "deadline": "{{deadline}}" } }""");

        Assert.Equal(reason, report.Reason);
        var settled = (await home.ResultsAsync("r")).Select(line => line.Index).ToList();
        Assert.Equal(begun.Keys.Order(), settled);
        Assert.Equal((settled.Count, 5_000), (report.Tally.Settled, report.Tally.Settled + report.NotStarted));
        Assert.InRange(settled.Count, 10, 700);
    }

    [Fact]
    public async Task Invariant02_ItemsInFlight_NeverExceedTheConcurrencyWhileItIsRetuned()
    {
        var gauge = new InFlightGauge(8);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", async (number, token) =>
        {
            gauge.Enter();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, token);
            gauge.Leave();
            return number;
        }));
        var run = home.RunAsync("""{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 4000 }, "flow": { "concurrency": 8 }, "batch": { "lanes": 6, "branches": 2, "maxItems": 100 } }""");
        await gauge.ReachesAsync(8);
        foreach (var concurrency in new[] { 3, 12, 1, 5 })
        {
            // More is allowed before it is asked for, less once it was.
            var raises = concurrency is 12 or 5;
            if (raises)
                gauge.Bound(concurrency);
            await home.Fanout.Client.RetuneAsync("r", new Retune(Concurrency: concurrency), CancellationToken.None);
            if (!raises)
                gauge.Bound(concurrency);
            await gauge.ReachesAsync(concurrency);
        }

        Assert.Equal(4_000, (await run).Tally.Succeeded);
        Assert.Null(gauge.Violation);
    }

    [Fact]
    public async Task Invariant03_Starts_NeverExceedBurstPlusRateTimesTime()
    {
        const int Burst = 20;
        const double PerSecond = 400;
        var starts = new ConcurrentQueue<long>();
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", (number, context, _) =>
        {
            starts.Enqueue(TimeProvider.System.GetTimestamp());
            return number % 3 == 0 && context.Attempt == 1 ? throw new InvalidOperationException("once") : ValueTask.FromResult(number);
        }));
        await home.RunAsync("""{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 900 }, "flow": { "rate": "400/s", "burst": 20, "concurrency": 50 }, "failure": { "retry": { "maxAttempts": 2, "firstDelay": "10ms" } }, "batch": { "slice": "500ms" } }""");
        var sorted = starts.Order().ToList();
        Assert.Equal(1_200, sorted.Count);
        for (var first = 0; first < sorted.Count; first++)
        {
            for (var last = first; last < sorted.Count; last++)
            {
                var window = TimeProvider.System.GetElapsedTime(sorted[first], sorted[last]) + Lateness;
                Assert.True(last - first + 1 <= Burst + (PerSecond * window.TotalSeconds), $"{last - first + 1} starts in {window}.");
            }
        }
    }

    [Fact]
    public async Task Invariant04_AfterTheFailurePolicyTrips_NothingNewStarts()
    {
        const int Tolerated = 10;
        const int Concurrency = 8;
        var starts = 0;
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("fail", async (_, _) =>
        {
            Interlocked.Increment(ref starts);
            await Task.Yield();
            throw new PermanentItemException("no");
        }));
        for (var run = 0; run < 10; run++)
        {
            starts = 0;
            var report = await home.RunAsync($$"""{ "id": "r{{run}}", "handler": { "name": "fail" }, "source": { "kind": "range", "start": 0, "end": 1000 }, "flow": { "concurrency": {{Concurrency}} }, "failure": { "tolerate": { "count": {{Tolerated}} } }, "batch": { "lanes": 6, "branches": 2 } }""");
            Assert.Equal((CompletionReason.ToleranceExceeded, starts), (report.Reason, report.Tally.Failed));
            Assert.InRange(starts, Tolerated + 1, Tolerated + Concurrency);
        }
    }

    [Fact]
    public async Task Invariant05_CancelFromAnotherProcess_ReachesTheHandlersTokensWithinTwoSeconds()
    {
        using var begun = new SemaphoreSlim(0);
        using var cancelled = new SemaphoreSlim(0);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("wait", async (number, token) =>
        {
            begun.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => cancelled.Release(), TaskScheduler.Default);
            token.ThrowIfCancellationRequested();
            return number;
        }));
        await using var other = await TestHome.OpenAsync(directory: home.Path);
        var run = home.RunAsync("""{ "id": "r", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 100 }, "flow": { "concurrency": 4 } }""");
        await TimesAsync(4, () => begun.WaitAsync());

        await WithinAsync(TwoSeconds, async () =>
        {
            await other.Fanout.Client.CancelAsync("r", CancellationToken.None);
            await TimesAsync(4, () => cancelled.WaitAsync());
        });
        Assert.Equal((RunStatus.Cancelled, 4L, 96L), ((await run).Status, (await run).Tally.Cancelled, (await run).NotStarted));
    }

    [Fact]
    public async Task Invariant05_PauseResumeAndRetuneFromAnotherProcess_AreFeltWithinTwoSeconds()
    {
        var gauge = new InFlightGauge(2);
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", async (number, token) =>
        {
            gauge.Enter();
            await Task.WhenAny(slow.Task, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token));
            gauge.Leave();
            return number;
        }));
        await using var other = await TestHome.OpenAsync(directory: home.Path);
        var run = home.RunAsync("""{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 2000 }, "flow": { "concurrency": 2 } }""");
        await gauge.ReachesAsync(2);
        gauge.Bound(6);
        await WithinAsync(TwoSeconds, async () =>
        {
            await other.Fanout.Client.RetuneAsync("r", new Retune(Concurrency: 6), CancellationToken.None);
            await gauge.ReachesAsync(6);
        });
        await WithinAsync(TwoSeconds, async () =>
        {
            await other.Fanout.Client.PauseAsync("r", CancellationToken.None);
            await home.UntilAsync("r", progress => progress is { WaitingFor: "paused", InFlight: 0 });
        });

        // Paused: whatever began from here on would be one too many.
        gauge.Bound(0);
        Assert.Equal(RunStatus.Paused, (await other.Fanout.Client.GetAsync("r", CancellationToken.None)).Status);
        gauge.Bound(6);
        await WithinAsync(TwoSeconds, async () =>
        {
            await other.Fanout.Client.ResumeAsync("r", CancellationToken.None);
            await gauge.ReachesAsync(6);
        });
        slow.SetResult();
        Assert.Equal(2_000, (await run).Tally.Succeeded);
        Assert.Null(gauge.Violation);
    }

    [Fact]
    public async Task Invariant06_OnlyItemsInFlightRunAgain_UnderTheSameKey()
    {
        const string Spec = """{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 100, "end": 300 }, "flow": { "concurrency": 4 } }""";
        var keys = new ConcurrentQueue<string>();
        var healed = false;
        using var hanging = new SemaphoreSlim(0);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", async (number, context, token) =>
        {
            keys.Enqueue(context.IdempotencyKey);
            if (number >= 150 && !healed)
            {
                hanging.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }

            return number;
        }), grace: TimeSpan.Zero);
        using var stop = new CancellationTokenSource();
        var driving = home.Fanout.Driver.DriveAsync(await home.StartAsync(Spec), stop.Token, stop.Token);
        await TimesAsync(4, () => hanging.WaitAsync());
        await stop.CancelAsync();
        Assert.Null(await driving);
        var first = keys.ToHashSet();
        keys.Clear();
        healed = true;
        await home.RunAsync(Spec);

        Assert.Equal(Enumerable.Range(0, 200).Select(index => $"r/{index}").ToHashSet(), first.Union(keys).ToHashSet());
        Assert.Equal((keys.Count, 4), (keys.Distinct().Count(), first.Intersect(keys).Count()));
    }

    [Fact]
    public async Task Invariant07_ManyMoreBatchesThanAHistoryHolds_StillEndsWithShortHistories()
    {
        await using var home = await TestHome.OpenAsync();
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 1200 }, "batch": { "maxItems": 1, "lanes": 4 }, "flow": { "concurrency": 16 } }""");
        Assert.Equal(1_200, report.Tally.Succeeded);
        Assert.Equal(1_200, (await home.ResultsAsync("r")).Count);
        Assert.InRange(await LongestHistoryAsync(home), 100, 1_000);
    }

    [Fact]
    public async Task Invariant07_ManyMoreChangesThanAHistoryHolds_DoNotEndTheRun()
    {
        using var begun = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("wait", async (number, _) =>
        {
            begun.Release();
            await go.Task;
            return number;
        }));
        var run = home.RunAsync("""{ "id": "r", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 100 }, "flow": { "concurrency": 2 } }""");
        await begun.WaitAsync();
        for (var change = 0; change < 1_500; change++)
            await home.Fanout.Client.RetuneAsync("r", new Retune(Concurrency: 2 + (change % 5)), CancellationToken.None);
        go.SetResult();
        Assert.Equal((RunStatus.Succeeded, 100L), ((await run).Status, (await run).Tally.Succeeded));
        Assert.InRange(await LongestHistoryAsync(home), 1, 1_000);
    }

    [Fact]
    public async Task Invariant09_RetryThatWaits_HoldsNoSlot()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var attempts = new ConcurrentQueue<(int Number, int Attempt)>();
        using var attempted = new SemaphoreSlim(0);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", (number, context, _) =>
        {
            attempts.Enqueue((number, context.Attempt));
            attempted.Release();
            return number < 5 && context.Attempt == 1 ? throw new InvalidOperationException("not yet") : ValueTask.FromResult(number);
        }), time: time);
        var run = home.RunAsync("""{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 300 }, "flow": { "concurrency": 1 }, "batch": { "slice": "5m" }, "failure": { "retry": { "maxAttempts": 2, "firstDelay": "1m", "jitter": false } } }""");
        // While the clock stands still, the one slot must come free of the five that wait, or the others could not be attempted.
        for (var item = 0; item < 300; item++)
            await attempted.WaitAsync();
        Assert.All(attempts, attempt => Assert.Equal(1, attempt.Attempt));
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        Assert.Equal((305, 300L), (attempts.Count, (await run).Tally.Succeeded));
    }

    [Fact]
    public async Task Invariant10_ManyBranchesAndLanes_GiveTheSameTallyAsOne()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, decimal>(
            "mixed", number => number % 7 == 0 ? throw new PermanentItemException($"no {number}") : number / 10m));
        var tallies = new List<(Tally Tally, string? Reduced)>();
        foreach (var batch in new[] { """{ "branches": 1, "lanes": 1 }""", """{ "branches": 4, "lanes": 8, "maxItems": 17 }""", """{ "branches": 16, "lanes": 48, "maxItems": 3 }""" })
        {
            var report = await home.RunAsync($$"""{ "id": "r{{tallies.Count}}", "handler": { "name": "mixed" }, "source": { "kind": "range", "start": 0, "end": 1000 }, "flow": { "concurrency": 64 }, "batch": {{batch}}, "results": { "reduce": "sum" } }""");
            tallies.Add((report.Tally, report.Reduced?.GetRawText()));
        }

        Assert.All(tallies, tally => Assert.Equal(tallies[0], tally));
    }

    private static async Task<int> LongestHistoryAsync(TestHome home)
    {
        var longest = 0;
        for (var branch = 0; await home.Fanout.Engine.GetInstanceAsync(branch == 0 ? "r" : $"r:b{branch:D4}") is { } instance; branch++)
            longest = Math.Max(longest, instance.HistoryLength!.Value);
        return longest;
    }

    private static async Task TimesAsync(int times, Func<Task> act)
    {
        for (var time = 0; time < times; time++)
            await act();
    }

    private static async Task WithinAsync(TimeSpan limit, Func<Task> act)
    {
        var since = TimeProvider.System.GetTimestamp();
        await act();
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, limit);
    }
}
