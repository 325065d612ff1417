using System.Collections.Concurrent;
using CsCheck;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>Keys that go from one batch to the next: at a slice's end, a pause, a crash.</summary>
public sealed class KeyedHandOverTests
{
    [Fact]
    public Task BatchesThatAreStoppedAnywhere_SettleEachItemOnceAndInOrder() =>
        Gen.Select(Gen.Int[0, 12].Array[1, 300], Gen.Int[1, 40], Gen.Bool, Gen.Int[1, 8]).SampleAsync(async (keys, each, ordered, concurrency) =>
        {
            var started = 0;
            var attempts = new ConcurrentDictionary<long, int>();
            var order = new ConcurrentDictionary<int, ConcurrentQueue<int>>();
            using var stop = new StopEach();
            await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Ordered = ordered, Concurrency = 2 }, async (key, place, context, _) =>
            {
                if (Interlocked.Increment(ref started) % each == 0)
                    stop.Now();
                await Task.Yield();
                order.GetOrAdd(key, _ => new()).Enqueue(place);
                if (context.Index % 7 == 0 && attempts.AddOrUpdate(context.Index, 1, (_, count) => count + 1) == 1)
                    throw new InvalidOperationException("once");
            }, concurrency: concurrency, retry: new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.Zero });
            var results = await WorkInSlicesAsync(rig, stop);

            Assert.Equal(keys.Length, results.Sum(result => result.Tally.Succeeded));
            Assert.Equal(Enumerable.Range(0, keys.Length).Select(i => (long)i), await IndexesAsync(rig, results));
            if (ordered)
                Assert.All(order.Values, places => Assert.Equal(places.Order(), places));
        }, iter: 60, threads: 1);

    [Fact]
    public async Task BatchThatCrashes_GoesOnFromItsCheckpointInOrder()
    {
        var time = new FakeTimeProvider();
        var random = new Random(3);
        var keys = Enumerable.Range(0, 400).Select(_ => random.Next(20)).ToList();
        var handled = new List<(int Life, int Key, int Place)>();
        var life = 1;
        var held = 0;
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        BatchRig? rig = null;
        await using var created = rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Ordered = true }, async (key, place, _, _) =>
        {
            var mine = life;
            lock (handled)
                handled.Add((mine, key, place));
            time.Advance(TimeSpan.FromMilliseconds(7));
            await Task.Yield();
            if (mine == 1 && handled.Count > 200)
            {
                // A crash before the first checkpoint would have all of it done again.
                await BatchRig.UntilAsync(() =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(7));
                    return Directory.Exists(Path.Combine(rig!.Results.Locate("run"), "lanes"));
                });
                // With all four held nothing of this life starts any more.
                if (Interlocked.Increment(ref held) == 4)
                    died.TrySetResult();
                await never.Task;
            }
        }, time, concurrency: 4, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5), Checkpoint = TimeSpan.FromMilliseconds(50) });
        var total = (await rig.PlanAsync()).ByKey!.Value.Keys;
        var first = rig.WorkAsync(0, total, epoch: 1);
        await Task.WhenAny(died.Task, first);
        var crashed = rig.Scope;
        life = 2;
        rig.Restart();
        var second = rig.WorkAsync(0, total, epoch: 2);
        var result = await KeyedBatchTests.DriveAsync(time, second, TimeSpan.FromMilliseconds(20));

        Assert.Equal(400, result.Tally.Succeeded);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), (await rig.ReadAsync(result)).Select(line => line.Index));
        // Within a life in order; the second goes on where the checkpoint was, never behind what it does not know to be settled.
        foreach (var ofKey in handled.GroupBy(item => item.Key))
        {
            foreach (var inLife in ofKey.GroupBy(item => item.Life))
                Assert.Equal(Enumerable.Range(inLife.First().Place, inLife.Count()), inLife.Select(item => item.Place));
            var lives = ofKey.GroupBy(item => item.Life).ToDictionary(group => group.Key, group => group.Select(item => item.Place).ToList());
            if (lives.Count == 2)
                Assert.InRange(lives[2][0], 0, lives[1][^1] + 1);
        }

        Assert.True(handled.Count(item => item.Life == 2) < 400, "Nothing was gone on from.");
        never.SetResult();
        await crashed.DisposeAsync();
        await first;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KeysRate_HoldsAcrossBatches(bool crash)
    {
        var time = new FakeTimeProvider();
        var begin = time.GetUtcNow();
        var starts = new ConcurrentDictionary<int, ConcurrentQueue<DateTimeOffset>>();
        var started = 0;
        using var stop = new StopEach();
        var keys = Enumerable.Range(0, 80).Select(i => i % 4).ToList();
        var rate = new PerKeySpec("/k") { Rate = new Rate(10, TimeSpan.FromSeconds(1)), Burst = 3 };
        await using var rig = KeyedRig.Create(keys, rate, (key, _, _, _) =>
        {
            starts.GetOrAdd(key, _ => new()).Enqueue(time.GetUtcNow());
            if (Interlocked.Increment(ref started) % 13 == 0)
                stop.Now();
            return ValueTask.CompletedTask;
        }, time);
        var results = new List<BatchResult>();
        var (next, end) = (0L, (await rig.PlanAsync()).ByKey!.Value.Keys);
        BatchResult? last = null;
        for (var number = 0; last is null || last.Pending.Count + last.Keys.Count > 0 || next < end; number++)
        {
            var work = rig.WorkAsync(next, end, last?.Pending, key: $"b-l-{number}", keys: last?.Keys, stopping: stop.Next());
            results.Add(last = await KeyedBatchTests.DriveAsync(time, work, TimeSpan.FromMilliseconds(5)));
            next = last.Next;
            if (crash)
            {
                await rig.Scope.DisposeAsync();
                rig.Restart();
            }
        }

        Assert.True(results.Count > 3);
        Assert.Equal(80, results.Sum(result => result.Tally.Succeeded));
        foreach (var ofKey in starts.Values)
            KeyedBatchTests.AssertPaced(ofKey, 10, 3, begin);
    }

    [Fact]
    public async Task BatchThatIsStoppedWhileItsOnlyItemWaits_HandsItOnWithItsKey_WhateverItCosts()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        await using var rig = KeyedRig.Create(
            [0], new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromHours(1)), Burst = 1 }, (_, _, _, _) => throw new InvalidOperationException("again"),
            time, retry: new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.FromMinutes(1) }, flow: new FlowSpec { Cost = new CostSpec(2, null) });
        var work = rig.WorkAllAsync(stop.Token);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().WaitingForRetry == 1);
        await stop.CancelAsync();
        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, 1, 1), (result.End, result.Pending.Count, result.Keys.Count));
    }

    [Fact]
    public async Task StoppedRun_SettlesWhatWasTriedAsCancelled()
    {
        var time = new FakeTimeProvider();
        var keys = Enumerable.Range(0, 5).SelectMany(key => Enumerable.Repeat(key, 10)).ToList();
        await using var rig = KeyedRig.Create(keys, new PerKeySpec("/k") { Ordered = true }, (_, _, _, _) =>
            throw new InvalidOperationException("again"),
            time, retry: new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.FromMinutes(1) });
        var work = rig.WorkAllAsync();
        await BatchRig.UntilAsync(() => rig.Scope.Observe().WaitingForRetry == 5);
        rig.Scope.Apply(RunControl.Initial with { Version = 1, Stop = CompletionReason.CancelledByRequest });
        var result = await work;
        Assert.Equal((BatchEnd.Stopped, 5L, 0), (result.End, result.Tally.Cancelled, result.Pending.Count));
    }

    private static async Task<List<BatchResult>> WorkInSlicesAsync(BatchRig rig, StopEach stop)
    {
        var results = new List<BatchResult>();
        var (next, end) = (0L, (await rig.PlanAsync()).ByKey!.Value.Keys);
        BatchResult? last = null;
        while (last is null || last.Pending.Count + last.Keys.Count > 0 || next < end)
        {
            last = await rig.WorkAsync(next, end, last?.Pending, key: $"b-l-{results.Count}", keys: last?.Keys, stopping: stop.Next());
            results.Add(last);
            next = last.Next;
        }

        return results;
    }

    private static async Task<List<long>> IndexesAsync(BatchRig rig, List<BatchResult> results)
    {
        var indexes = new List<long>();
        await foreach (var line in new ResultReader(rig.Results).ReadAsync("run", [.. results.SelectMany(result => result.Parts)], new ResultQuery()))
            indexes.Add(line.Index);
        return indexes;
    }

    /// <summary>Stops one batch after the other.</summary>
    private sealed class StopEach : IDisposable
    {
        private CancellationTokenSource _stop = new();

        public CancellationToken Next() => (_stop = new CancellationTokenSource()).Token;

        public void Now() => _stop.Cancel();

        public void Dispose() => _stop.Dispose();
    }
}
