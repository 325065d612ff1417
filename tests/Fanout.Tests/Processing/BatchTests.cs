using System.Collections.Concurrent;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class BatchTests
{
    private static readonly RetrySpec ThreeAttempts = new() { MaxAttempts = 3, FirstDelay = TimeSpan.FromSeconds(1), Jitter = false };

    [Fact]
    public async Task WholeRange_SettlesEveryItemOnce()
    {
        await using var rig = new BatchRig(BatchRig.Range(10_000), (context, _) => ValueTask.FromResult<string?>($"{context.Index * 2}"));
        var result = await rig.WorkAsync(0, 10_000);

        Assert.Equal((BatchEnd.RangeDone, 10_000L, 10_000L), (result.End, result.Next, result.Tally.Succeeded));
        var lines = await rig.ReadAsync(result);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (long)i), lines.Select(line => line.Index));
        Assert.All(lines, line => Assert.Equal(line.Index * 2, line.Output!.Value.GetInt64()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task AwaitingHandlers_RunAsManyAtOnceAsTheConcurrencyAndNoMore(int concurrency)
    {
        var inFlight = 0;
        var most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = new BatchRig(BatchRig.Range(200, new FlowSpec { Concurrency = concurrency }), async (_, _) =>
        {
            var now = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref most, now);
            if (now == concurrency)
                full.TrySetResult();
            // The first ones wait for each other: only if all slots are used at once does anybody get on.
            await full.Task;
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            return null;
        });
        var result = await rig.WorkAsync(0, 200);
        Assert.Equal(200, result.Tally.Succeeded);
        Assert.Equal(concurrency, most);
    }

    [Fact]
    public async Task BlockingHandlers_GetCompanyUpToTheConcurrency()
    {
        using var full = new CountdownEvent(4);
        await using var rig = new BatchRig(BatchRig.Range(4, new FlowSpec { Concurrency = 4 }), (_, _) =>
        {
            full.Signal();
            full.Wait(CancellationToken.None);
            return ValueTask.FromResult<string?>(null);
        });
        Assert.Equal(4, (await rig.WorkAsync(0, 4)).Tally.Succeeded);
    }

    [Fact]
    public async Task Starts_NeverExceedBurstPlusRateTimesTime()
    {
        var time = new FakeTimeProvider();
        var begin = time.GetUtcNow();
        var starts = new ConcurrentQueue<DateTimeOffset>();
        var flow = new FlowSpec { Concurrency = 50, Rate = new Rate(20, TimeSpan.FromSeconds(1)), Burst = 3 };
        var failure = new FailureSpec { Retry = ThreeAttempts with { FirstDelay = TimeSpan.FromMilliseconds(200) } };
        await using var rig = new BatchRig(BatchRig.Range(60, flow, failure, new BatchSpec { Slice = TimeSpan.FromMinutes(5) }), (context, _) =>
        {
            starts.Enqueue(time.GetUtcNow());
            return context is { Attempt: 1, Index: var index } && index % 3 == 0 ? throw new InvalidOperationException("once") : ValueTask.FromResult<string?>(null);
        }, time);
        var work = rig.WorkAsync(0, 60);
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(5));

        Assert.Equal(60, (await work).Tally.Succeeded);
        var sorted = starts.Order().ToList();
        Assert.Equal(80, sorted.Count);
        // The clock may go on between a start that was granted and the handler that notes it: starts look late, never early. So this holds for
        // windows from the beginning on; PacerTests hold it for every other.
        for (var start = 0; start < sorted.Count; start++)
            Assert.True(start + 1 <= 3 + (20 * (sorted[start] - begin).TotalSeconds) + 1e-6);
    }

    [Fact]
    public async Task RetryThatWaits_HoldsNoSlot()
    {
        var time = new FakeTimeProvider();
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = 0;
        await using var rig = new BatchRig(
            BatchRig.Range(10, new FlowSpec { Concurrency = 1 }, new FailureSpec { Retry = ThreeAttempts }, new BatchSpec { Slice = TimeSpan.FromMinutes(5) }),
            (context, _) =>
            {
                if (context is { Index: 0, Attempt: 1 })
                    throw new InvalidOperationException("first attempt");
                if (Interlocked.Increment(ref done) == 9)
                    others.SetResult();
                return ValueTask.FromResult<string?>(null);
            },
            time);
        var work = rig.WorkAsync(0, 10);
        // With the only slot held by the waiting item, the nine others could not finish while the clock stands still.
        await Task.WhenAny(others.Task, work);
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(50));
        var result = await work;
        Assert.Equal((10L, 11L), (result.Tally.Succeeded, result.Tally.Attempts));
    }

    [Fact]
    public async Task Timeout_CancelsTheAttemptAndIsRetried()
    {
        var time = new FakeTimeProvider();
        using var started = new SemaphoreSlim(0);
        var failure = new FailureSpec { Timeout = TimeSpan.FromSeconds(2), Retry = ThreeAttempts with { MaxAttempts = 2, FirstDelay = TimeSpan.Zero } };
        await using var rig = new BatchRig(BatchRig.Range(1, failure: failure), async (_, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
            return null;
        }, time);
        var work = rig.WorkAsync(0, 1);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await started.WaitAsync();
            time.Advance(TimeSpan.FromSeconds(2));
        }

        var result = await work;
        Assert.Equal((1L, 2L), (result.Tally.TimedOut, result.Tally.Attempts));
        Assert.Equal("Timeout", (await rig.ReadAsync(result))[0].Error!.Type);
    }

    [Fact]
    public async Task HandlerThatIgnoresItsToken_IsLeftBehindAndKeepsItsSlot()
    {
        var time = new FakeTimeProvider();
        var forever = new TaskCompletionSource();
        using var started = new SemaphoreSlim(0);
        await using var rig = new BatchRig(
            BatchRig.Range(2, new FlowSpec { Concurrency = 2 }, new FailureSpec { Timeout = TimeSpan.FromSeconds(1) }, new BatchSpec { Slice = TimeSpan.FromMinutes(5) }),
            async (context, _) =>
            {
                started.Release();
                if (context.Index == 0)
                    await forever.Task;
                return null;
            },
            time);
        var work = rig.WorkAsync(0, 2);
        await started.WaitAsync();
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(100));
        var result = await work;
        Assert.Equal((1L, 1L), (result.Tally.TimedOut, result.Tally.Succeeded));
        Assert.Equal(1, rig.Scope.Pool.InUse);
        forever.SetResult();
    }

    [Fact]
    public async Task Reduction_IsInTheTally_AndAnOutputItCannotTakeFailsItsItem()
    {
        await using var rig = new BatchRig(
            BatchRig.Range(11, results: new ResultsSpec { Reduce = "sum" }),
            (context, _) => ValueTask.FromResult<string?>(context.Index == 10 ? "\"ten\"" : $"{context.Index}"));
        var result = await rig.WorkAsync(0, 11);
        Assert.Equal((10L, 1L), (result.Tally.Succeeded, result.Tally.Failed));
        Assert.Equal("45", rig.Scope.Reduction!.Result(result.Tally.Reduced));
        Assert.Equal("NotANumber", (await rig.ReadAsync(result))[10].Error!.Type);
    }

    [Fact]
    public async Task Reduction_IsOfWhatSucceeded()
    {
        await using var rig = new BatchRig(
            BatchRig.Range(11, results: new ResultsSpec { Reduce = "count" }),
            (context, _) => context.Index % 5 == 0 ? throw new PermanentItemException("no") : ValueTask.FromResult<string?>("1"));
        var result = await rig.WorkAsync(0, 11);
        Assert.Equal((8L, 3L, "8"), (result.Tally.Succeeded, result.Tally.Failed, rig.Scope.Reduction!.Result(result.Tally.Reduced)));
    }

    [Theory]
    [InlineData(KeepResults.Failures, 5)]
    [InlineData(KeepResults.None, 0)]
    public async Task Keep_WritesOnlyWhatIsAskedFor(KeepResults keep, int lines)
    {
        await using var rig = new BatchRig(
            BatchRig.Range(50, results: new ResultsSpec { Keep = keep }),
            (context, _) => context.Index % 10 == 0 ? throw new PermanentItemException("tenth") : ValueTask.FromResult<string?>("1"));
        var result = await rig.WorkAsync(0, 50);
        Assert.Equal((45L, 5L), (result.Tally.Succeeded, result.Tally.Failed));
        Assert.Equal(lines, (await rig.ReadAsync(result)).Count);
    }

    [Fact]
    public async Task AllotmentSplitOverProcesses_LanesTogetherStayWithinIt()
    {
        var inFlight = 0;
        var most = 0;
        await using var rig = new BatchRig(BatchRig.Range(300, new FlowSpec { Concurrency = 7 }), async (_, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref inFlight));
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            return null;
        }, lanesShareProcess: false);
        var lanes = Enumerable.Range(0, 3).Select(lane => rig.WorkAsync(lane * 100, (lane + 1) * 100, key: $"b0001-l{lane:D2}-00000", lane: lane, lanes: 3));
        var results = await Task.WhenAll(lanes);
        Assert.Equal(300, results.Sum(result => result.Tally.Succeeded));
        Assert.InRange(most, 1, 7);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 0)]
    public async Task BurstOfALane_IsItsFirstBatchsAlone(bool hasHadStarts, int startedAtOnce)
    {
        var time = new FakeTimeProvider();
        var started = 0;
        await using var rig = new BatchRig(BatchRig.Range(10, new FlowSpec { Concurrency = 8, Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 3 }), (_, _) =>
        {
            Interlocked.Increment(ref started);
            return ValueTask.FromResult<string?>(null);
        }, time, lanesShareProcess: false);
        var input = new BatchInput("run", "b0001-l00-00000", await rig.PlanAsync(), 0, 10, [], 0, 1, 1) { IsPaceSpent = hasHadStarts };
        using var stop = new CancellationTokenSource();
        var working = new Fanout.Orchestration.Activities(null!, null!, rig.Results, time).WorkBatchAsync(rig.Scope, input, epoch: 1, stop.Token);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().WaitingFor == WaitCauses.Rate);
        Assert.Equal(startedAtOnce, started);
        await stop.CancelAsync();
        Assert.Equal(startedAtOnce, (await working).Tally.Succeeded);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen)
                return;
        }
    }

    // A millisecond to each step: a clock that ran ahead of starved threads would end the slice before they had done anything.
    private static async Task AdvanceUntilDoneAsync(FakeTimeProvider time, Task work, TimeSpan step)
    {
        while (!work.IsCompleted)
        {
            time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
