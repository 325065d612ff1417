using System.Collections.Concurrent;
using CsCheck;
using Fanout.Handlers;
using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

public sealed class KeyedBatchTests
{
    private static readonly PerKeySpec OneAtATime = new("/k") { Concurrency = 1 };

    [Fact]
    public Task AnyKeys_EachItemSettlesOnceAndNoKeyHasMoreInFlightThanItMay() =>
        Gen.Select(Gen.Int[0, 12].Array[0, 300], Gen.Int[1, 3], Gen.Int[1, 16], Gen.Int).SampleAsync(async (keys, perKey, concurrency, seed) =>
        {
            var random = new Random(seed);
            var inFlight = new ConcurrentDictionary<int, int>();
            var most = 0;
            await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Concurrency = perKey }, async (key, _, _, _) =>
            {
                var now = inFlight.AddOrUpdate(key, 1, (_, count) => count + 1);
                int yields;
                lock (random)
                {
                    most = Math.Max(most, now);
                    yields = random.Next(4);
                }

                for (; yields > 0; yields--)
                    await Task.Yield();
                inFlight.AddOrUpdate(key, 0, (_, count) => count - 1);
            }, concurrency: concurrency);
            var result = await rig.WorkAllAsync();
            Assert.Equal((BatchEnd.RangeDone, keys.Length), (result.End, (int)result.Tally.Succeeded));
            Assert.Empty(result.Keys);
            Assert.Equal(Enumerable.Range(0, keys.Length).Select(i => (long)i), (await rig.ReadAsync(result)).Select(line => line.Index));
            Assert.InRange(most, 0, perKey);
        }, iter: 60, threads: 1);

    [Fact]
    public async Task KeysConcurrency_IsUsedInFull()
    {
        // Each of 4 keys may have 3 in flight: twelve wait for each other, which they could not were one fewer allowed.
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = 0;
        var keys = Enumerable.Range(0, 400).Select(i => i % 4).ToList();
        await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Concurrency = 3 }, async (_, _, _, _) =>
        {
            if (Interlocked.Increment(ref started) == 12)
                all.SetResult();
            await all.Task;
        }, concurrency: 64);
        Assert.Equal(400, (await rig.WorkAllAsync()).Tally.Succeeded);
    }

    [Fact]
    public async Task SlowKey_HoldsUpNobody()
    {
        // Far more items of the slow key than any window, and they come first; its handler is held until all the others are done.
        const int Slow = 20_000;
        const int Others = 3_000;
        var othersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = 0;
        var keys = Enumerable.Repeat(0, Slow).Concat(Enumerable.Range(1, Others)).ToList();
        await using var rig = KeyedRig.Create(keys, OneAtATime, async (key, _, _, _) =>
        {
            if (key == 0)
                await othersDone.Task;
            else if (Interlocked.Increment(ref done) == Others)
                othersDone.SetResult();
        }, concurrency: 2);
        Assert.Equal(Slow + Others, (await rig.WorkAllAsync()).Tally.Succeeded);
    }

    [Fact]
    public async Task SlowKey_DoesNotEndTheSliceForTheOthers()
    {
        var othersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new FakeTimeProvider();
        var done = 0;
        // At each item of the others three slices pass: one of them would be the last, did the slow key's handler not go on.
        var keys = Enumerable.Range(0, 2_000).ToList();
        BatchRig? rig = null;
        await using var created = rig = KeyedRig.Create(keys, OneAtATime, async (key, _, _, _) =>
        {
            if (key == 0)
                await othersDone.Task;
            else if (Interlocked.Increment(ref done) == keys.Count - 1)
                othersDone.SetResult();
            else if (done > keys.Count / 2)
                time.Advance(TimeSpan.FromSeconds(3));
        }, time, concurrency: 2, batch: new BatchSpec { Slice = TimeSpan.FromSeconds(1) });
        var result = await rig.WorkAllAsync();
        Assert.Equal(keys.Count, result.Tally.Succeeded);
    }

    [Fact]
    public async Task KeyThatTurnsOutToBeSlowAfterTheSlice_DoesNotHoldUpTheOthers()
    {
        var othersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new FakeTimeProvider();
        const int Others = 500;
        var done = 0;
        List<int> keys = [0, 0, .. Enumerable.Range(0, Others).Select(i => 1 + (i % 50))];
        await using var rig = KeyedRig.Create(keys, OneAtATime, async (key, place, _, _) =>
        {
            switch (key, place)
            {
                case (0, 0):
                    time.Advance(TimeSpan.FromSeconds(0.95));
                    break;
                case (0, _):
                    time.Advance(TimeSpan.FromSeconds(0.06)); // The slice is over, and this has only begun.
                    time.Advance(TimeSpan.FromSeconds(0.2)); // It had time to end.
                    await othersDone.Task;
                    break;
                default:
                    if (Interlocked.Increment(ref done) == Others)
                        othersDone.SetResult();
                    break;
            }
        }, time, concurrency: 2, batch: new BatchSpec { Slice = TimeSpan.FromSeconds(1) });
        Assert.Equal(keys.Count, (await rig.WorkAllAsync()).Tally.Succeeded);
    }

    [Fact]
    public async Task KeysInTheWindow_AreServedInTurn()
    {
        var order = new List<int>();
        var keys = Enumerable.Repeat(0, 1_000).Concat(Enumerable.Range(1, 20).SelectMany(key => Enumerable.Repeat(key, 10))).ToList();
        await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Rate = new Rate(1_000_000, TimeSpan.FromSeconds(1)), Burst = 1_000_000 }, (key, _, _, _) =>
        {
            order.Add(key);
            return ValueTask.CompletedTask;
        }, concurrency: 1);
        await rig.WorkAllAsync();
        // In each of ten rounds every key has one turn.
        for (var round = 0; round < 10; round++)
            Assert.Equal(Enumerable.Range(0, 21), order.Skip(round * 21).Take(21).Order());
    }

    [Fact]
    public async Task OrderedKeys_RunInTheSourcesOrderRetriesIncluded()
    {
        var time = new FakeTimeProvider();
        var inFlight = new ConcurrentDictionary<int, int>();
        var order = new ConcurrentDictionary<int, ConcurrentQueue<(int Place, int Attempt)>>();
        var random = new Random(7);
        var keys = Enumerable.Range(0, 600).Select(_ => random.Next(9)).ToList();
        await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Ordered = true }, async (key, place, context, _) =>
        {
            Assert.Equal(1, inFlight.AddOrUpdate(key, 1, (_, count) => count + 1));
            order.GetOrAdd(key, _ => new()).Enqueue((place, context.Attempt));
            await Task.Yield();
            inFlight.AddOrUpdate(key, 0, (_, count) => count - 1);
            if (place % 5 == 3 && context.Attempt < 3)
                throw new InvalidOperationException("again");
        }, time, retry: new RetrySpec { MaxAttempts = 3, FirstDelay = TimeSpan.FromMilliseconds(100), Jitter = false });
        var work = rig.WorkAllAsync();
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(20));
        Assert.Equal(600, (await work).Tally.Succeeded);
        foreach (var seen in order.Values)
        {
            var count = seen.Max(item => item.Place) + 1;
            var expected = Enumerable.Range(0, count).SelectMany(place => Enumerable.Range(1, place % 5 == 3 ? 3 : 1).Select(attempt => (place, attempt)));
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task KeysRate_HoldsOverEveryWindow_AndTheOthersDoNotWaitForIt()
    {
        var time = new FakeTimeProvider();
        var starts = new ConcurrentDictionary<int, ConcurrentQueue<DateTimeOffset>>();
        var keys = Enumerable.Range(0, 200).Select(i => i % 10).ToList();
        await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Rate = new Rate(10, TimeSpan.FromSeconds(1)), Burst = 2 }, (key, place, context, _) =>
        {
            starts.GetOrAdd(key, _ => new()).Enqueue(time.GetUtcNow());
            return place == 4 && context.Attempt == 1 ? throw new InvalidOperationException("again") : ValueTask.CompletedTask;
        }, time, retry: new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero });
        var begin = time.GetUtcNow();
        var work = rig.WorkAllAsync();
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(5));
        Assert.Equal(200, (await work).Tally.Succeeded);
        Assert.Equal(10, starts.Count);
        foreach (var ofKey in starts.Values)
        {
            Assert.Equal(21, ofKey.Count);
            AssertPaced(ofKey, 10, 2, begin);
        }

        // Ten keys with ten a second each: 2 s each on its own, 20 s were they in each other's way.
        Assert.InRange((time.GetUtcNow() - begin).TotalSeconds, 1.9, 6);
    }

    [Fact]
    public async Task ThrottledKey_IsLeftAloneAsLongAsItAsked()
    {
        var time = new FakeTimeProvider();
        var starts = new ConcurrentQueue<(int Key, int Place, TimeSpan At)>();
        var begin = time.GetUtcNow();
        var othersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var others = 0;
        var keys = Enumerable.Range(0, 100).Select(i => i % 2).ToList();
        await using var rig = KeyedRig.Create(keys, OneAtATime, (key, place, context, _) =>
        {
            starts.Enqueue((key, place, time.GetUtcNow() - begin));
            if (key == 1 && Interlocked.Increment(ref others) == 50)
                othersDone.SetResult();
            return key == 0 && place == 0 && context.Attempt == 1 ? throw new ThrottledItemException(TimeSpan.FromSeconds(20), "slower") : ValueTask.CompletedTask;
        }, time, retry: new RetrySpec { MaxAttempts = 2 });
        var work = rig.WorkAllAsync();
        await Task.WhenAny(othersDone.Task, work);
        // A clock that ran ahead of starved threads would end slice after slice before they had done anything.
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(20));
        Assert.Equal(100, (await work).Tally.Succeeded);
        Assert.Single(starts, start => start.Key == 0 && start.At < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ThrottledKey_RecoversWithItsSuccesses()
    {
        var time = new FakeTimeProvider();
        var started = 0;
        await using var rig = KeyedRig.Create([0, 0, 0, 0], new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 1 }, (_, place, _, _) =>
        {
            Interlocked.Increment(ref started);
            return place == 0 ? throw new ThrottledItemException(null, "slower") : ValueTask.CompletedTask;
        }, time, retry: new RetrySpec { MaxAttempts = 1 });
        var work = rig.WorkAllAsync();
        // Half the rate is left, a tenth comes back with each success and a hundredth a second without: after 1 s the next wait is of 1.96 s, the one after that of 1.61 s.
        foreach (var (milliseconds, place) in new[] { (1_000, 1), (1_970, 2), (1_620, 3) })
        {
            await BatchRig.UntilAsync(() => rig.Scope.Observe() is var seen && seen.Succeeded + seen.Failed == place && rig.Scope.Pool.InUse == 0);
            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            await BatchRig.UntilAsync(() => Volatile.Read(ref started) == place + 1);
        }

        Assert.Equal((3L, 1L), ((await work).Tally.Succeeded, (await work).Tally.Failed));
    }

    [Fact]
    public async Task KeysRate_CountsFromWhenAnItemStarts_NotFromWhenItBeganToWaitForTheRunsRate()
    {
        var (time, of) = (new WatchedTime(), TimeSpan.FromSeconds(10));
        var begin = time.GetUtcNow();
        var starts = new ConcurrentQueue<(int Key, TimeSpan At)>();
        await using var rig = KeyedRig.Create([0, 1, 1], new PerKeySpec("/k") { Rate = new Rate(1, 1.5 * of), Burst = 1 }, (key, _, _, _) =>
        {
            starts.Enqueue((key, time.GetUtcNow() - begin));
            return ValueTask.CompletedTask;
        }, time, flow: new FlowSpec { Rate = new Rate(1, of), Burst = 1 });
        var work = rig.WorkAllAsync();
        await BatchRig.UntilAsync(() => time.Waits.Contains(of));
        time.Advance(of);
        await BatchRig.UntilAsync(() => starts.Count == 2);
        Assert.Equal([(0, TimeSpan.Zero), (1, of)], starts);
        await AdvanceUntilDoneAsync(time, work, 0.05 * of);
        // After 20 s the run's rate would let the third start; but its key's lets it 15 s after the second.
        Assert.InRange(starts.Last().At, 2.5 * of, TimeSpan.MaxValue);
    }

    [Fact]
    public async Task KeysRate_CountsFromWhenAnItemStarts_NotFromWhenItBeganToWaitForItsUnits()
    {
        var time = new FakeTimeProvider();
        var begin = time.GetUtcNow();
        var starts = new ConcurrentQueue<(int Key, TimeSpan At)>();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // An item counts for as many units as its key says, and a key may start three in 15 s.
        await using var rig = KeyedRig.Create([1, 3, 3], new PerKeySpec("/k") { Rate = new Rate(3, TimeSpan.FromSeconds(15)), Burst = 3 }, async (key, _, _, _) =>
        {
            starts.Enqueue((key, time.GetUtcNow() - begin));
            if (key == 1)
                await end.Task;
        }, time, concurrency: 3, flow: new FlowSpec { Cost = new CostSpec(1, "/k") });
        var work = rig.WorkAllAsync();
        await BatchRig.UntilAsync(() => starts.Count == 1 && rig.Scope.Pool.LargestWaiting == 3);
        time.Advance(TimeSpan.FromSeconds(10));
        end.SetResult();
        await BatchRig.UntilAsync(() => starts.Count == 2);
        Assert.Equal([(1, TimeSpan.Zero), (3, TimeSpan.FromSeconds(10))], starts);
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(500));
        Assert.InRange(starts.Last().At, TimeSpan.FromSeconds(25), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task KeyThatAlwaysFails_DoesNotFillTheBatchWithItemsThatWait()
    {
        var time = new FakeTimeProvider();
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = 0;
        var keys = Enumerable.Repeat(0, 5_000).Concat(Enumerable.Range(1, 3_000)).ToList();
        await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Concurrency = 4 }, (key, _, context, _) =>
        {
            if (key == 0 && context.Attempt == 1)
                throw new InvalidOperationException("again");
            if (key != 0 && Interlocked.Increment(ref done) == 3_000)
                others.SetResult();
            return ValueTask.CompletedTask;
        }, time, retry: new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.FromSeconds(30), Jitter = false });
        var work = rig.WorkAllAsync();
        await Task.WhenAny(others.Task, work);
        Assert.InRange(rig.Scope.Observe().WaitingForRetry, 0, 1_000);
        await AdvanceUntilDoneAsync(time, work, TimeSpan.FromMilliseconds(50));
        Assert.Equal(8_000, (await work).Tally.Succeeded);
    }

    internal static void AssertPaced(IEnumerable<DateTimeOffset> starts, double perSecond, int burst, DateTimeOffset begin)
    {
        // As in BatchTests: starts look late, never early, so windows are taken from the beginning on.
        var sorted = starts.Order().ToList();
        for (var i = 0; i < sorted.Count; i++)
            Assert.True(i + 1 <= burst + (perSecond * (sorted[i] - begin).TotalSeconds) + 1e-6, $"start {i} at {sorted[i] - begin}");
    }

    internal static async Task<T> DriveAsync<T>(FakeTimeProvider time, Task<T> work, TimeSpan step)
    {
        await AdvanceUntilDoneAsync(time, work, step);
        return await work;
    }

    private static async Task AdvanceUntilDoneAsync(FakeTimeProvider time, Task work, TimeSpan step)
    {
        while (!work.IsCompleted)
        {
            time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
