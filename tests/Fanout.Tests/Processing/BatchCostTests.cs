using System.Collections.Concurrent;
using CsCheck;
using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>Items that count for several units: here each for its own value.</summary>
public sealed class BatchCostTests
{
    private static readonly CostSpec OwnValue = new(1, "");

    [Fact]
    public Task AnyCostsBatchesAndResizes_FinishAndNeverUseMoreThanThePool() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 3], Gen.Int[1, 12].Array[0, 4], Gen.Bool).SampleAsync(async (concurrency, lanes, resizes, paced) =>
        {
            var (inUse, most, version) = (0, 0, 0L);
            var flow = new FlowSpec { Concurrency = concurrency, Cost = OwnValue, Rate = paced ? new Rate(1_000_000, TimeSpan.FromSeconds(1)) : null, Burst = paced ? 1_000 : null };
            var least = resizes.Append(concurrency).Min();
            BatchRig? all = null;
            // A machine that is busy with other tests must not end the slice: only a lost wake-up would make it take so long.
            await using var rig = all = new BatchRig(BatchRig.Range(91, flow, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }), async (context, _) =>
            {
                // It was clipped to the smallest pool there was at most.
                var units = (int)Math.Min(context.Index, least);
                InterlockedMax(ref most, Interlocked.Add(ref inUse, units));
                await Task.Yield();
                if (context.Index % 20 == 1 && context.Index / 20 < resizes.Length)
                    Resize(resizes[context.Index / 20]);
                Interlocked.Add(ref inUse, -units);
                return null;
            });

            var each = 91 / lanes;
            var results = await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane =>
                rig.WorkAsync(lane * each, lane == lanes - 1 ? 91 : (lane + 1) * each, key: $"b0001-l{lane:00}-00000", lane: lane, lanes: lanes)));

            Assert.Equal((90, 1), (results.Sum(result => result.Tally.Succeeded), results.Sum(result => result.Tally.Failed)));
            Assert.InRange(most, 1, resizes.Append(concurrency).Max());
            // The last slot is given back a moment after the batch has ended.
            await BatchRig.UntilAsync(() => rig.Scope.Pool.InUse == 0);

            void Resize(int to) => all!.Scope.Apply(new RunControl(Interlocked.Increment(ref version), Concurrency: to));
        }, iter: 60);

    [Fact]
    public async Task UnitsInFlight_AreNeverMoreThanTheConcurrency()
    {
        var (inUse, most) = (0, 0);
        var flow = new FlowSpec { Concurrency = 10, Cost = OwnValue };
        await using var rig = new BatchRig(BatchRig.Range(200, flow), async (context, _) =>
        {
            var units = (int)Math.Min(context.Index, 10);
            InterlockedMax(ref most, Interlocked.Add(ref inUse, units));
            await Task.Yield();
            Interlocked.Add(ref inUse, -units);
            return null;
        });
        var result = await rig.WorkAsync(0, 200);
        Assert.Equal(199, result.Tally.Succeeded);
        Assert.InRange(most, 10, 10);
    }

    [Fact]
    public async Task ItemWithoutALegalCost_FailsAndSaysWhatWasFoundWhere()
    {
        await using var rig = new BatchRig(
            BatchRig.Range(2, new FlowSpec { Concurrency = 4, Cost = OwnValue }), (_, _) => ValueTask.FromResult<string?>(null));
        var error = (await rig.ReadAsync(await rig.WorkAsync(0, 2)))[0].Error!;
        Assert.Equal("InvalidCost", error.Type);
        Assert.Contains("at \"\" is 0;", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PauseWhileAnItemWaitsForItsUnits_PutsItBackUnattempted(bool paced)
    {
        var time = new FakeTimeProvider();
        var started = new ConcurrentQueue<long>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var flow = new FlowSpec { Concurrency = 4, Cost = OwnValue, Rate = paced ? new Rate(1, TimeSpan.FromSeconds(1)) : null, Burst = paced ? 100 : null };
        await using var rig = new BatchRig(BatchRig.Range(20, flow), async (context, _) =>
        {
            started.Enqueue(context.Index);
            begun.TrySetResult();
            await finish.Task;
            return null;
        }, time);
        var work = rig.WorkAsync(2, 20);
        await begun.Task;
        // 2 is in flight; 3 has been taken, and needs one unit more than there is.
        await BatchRig.UntilAsync(() => rig.Scope.Pool.LargestWaiting == 3);
        rig.Scope.Apply(new RunControl(1, Paused: true));
        finish.SetResult();

        var result = await work;
        Assert.Equal([2L], started);
        Assert.Equal((BatchEnd.Paused, 1L), (result.End, result.Tally.Succeeded));
        Assert.All(result.Pending, item => Assert.Equal(0, item.Attempts));
        Assert.Contains(result.Pending, item => item.Index == 3);
        await BatchRig.UntilAsync(() => (rig.Scope.Pool.InUse, rig.Scope.Pool.Demand) == (0, 0));
    }

    [Fact]
    public async Task Rate_CountsUnits()
    {
        var time = new FakeTimeProvider();
        var begin = time.GetUtcNow();
        var starts = new ConcurrentQueue<(DateTimeOffset At, long Units)>();
        var flow = new FlowSpec { Concurrency = 50, Cost = OwnValue, Rate = new Rate(20, TimeSpan.FromSeconds(1)), Burst = 5 };
        await using var rig = new BatchRig(BatchRig.Range(20, flow, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }), (context, _) =>
        {
            starts.Enqueue((time.GetUtcNow(), context.Index));
            return ValueTask.FromResult<string?>(null);
        }, time);
        var work = rig.WorkAsync(1, 20);
        while (!work.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        // One that counts for more than the burst begins with a full bucket; all before it are paid for then.
        var units = 0L;
        foreach (var start in starts.OrderBy(start => start.At))
        {
            Assert.True(units + Math.Min(start.Units, 5) <= 5 + (20 * (start.At - begin).TotalSeconds) + 1e-6);
            units += start.Units;
        }

        Assert.Equal(190, units);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
                return;
        }
    }
}
