using CsCheck;
using Fanout.Processing;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class LatencyMeterTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LatencyMeter _meter = new();

    [Fact]
    public void Percentiles_AreNearestRanks_AndAtMostASixteenthTooMuch() => Gen.Long[0, TimeSpan.TicksPerDay].Array[1, 200].Sample(ticks =>
    {
        var sketch = LatencyCounts.Sketch([Counted(ticks)])!;
        Array.Sort(ticks);
        Assert.Equal(ticks.Length, sketch.Count);
        foreach (var (percent, told) in new[] { (50, sketch.P50), (90, sketch.P90), (99, sketch.P99) })
        {
            var exact = ticks[((ticks.Length * percent) + 99) / 100 - 1] / (double)TimeSpan.TicksPerMillisecond;
            Assert.InRange(told, exact, exact * 1.0625);
        }
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 15)]
    [InlineData(16, 16)]
    [InlineData(31, 31)]
    [InlineData(32, 33)]
    [InlineData(33, 33)]
    [InlineData(34, 35)]
    [InlineData(63, 63)]
    [InlineData(64, 67)]
    [InlineData(1_000_000, 1_015_807)]
    public void Duration_IsToldAsTheMostOfItsBucket(long ticks, long most) =>
        Assert.Equal(most / (double)TimeSpan.TicksPerMillisecond, Assert.Single(LatencyCounts.Sketch([Counted([ticks])])!.Buckets).UpTo, 9);

    [Fact]
    public void LongestAndShortestDurations_AreCounted()
    {
        var counts = new LatencyCounts();
        counts.Add(TimeSpan.MaxValue);
        counts.Add(TimeSpan.FromTicks(-1));
        Assert.Equal((2, 0.0), (LatencyCounts.Sketch([counts])!.Count, LatencyCounts.Sketch([counts])!.P50));
    }

    [Fact]
    public void WhatEndedOverFiveSecondsAgo_IsForgotten()
    {
        _meter.At(0.5 * Second).Add(TimeSpan.FromMilliseconds(100));
        _meter.At(3 * Second).Add(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, Count(5.9));
        Assert.Equal(1, Count(6));
        Assert.Equal(1, Count(8.9));
        Assert.Null(_meter.Sketch(9 * Second));
        _meter.At(1_000_000 * Second).Add(Second);
        Assert.Equal(1, Count(1_000_000));
    }

    [Fact]
    public void WhatIsMoved_IsCountedOnce()
    {
        var batch = new LatencyCounts();
        batch.Add(Second);
        batch.MoveTo(_meter.At(Second));
        batch.MoveTo(_meter.At(Second));
        Assert.Equal(1, Count(1));
    }

    [Fact]
    public void LongestDuration_IsMovedToo()
    {
        var (batch, run) = (new LatencyCounts(), new LatencyCounts());
        batch.Add(TimeSpan.MaxValue);
        batch.MoveTo(run);
        Assert.Equal((1L, null), (LatencyCounts.Sketch([run])!.Count, LatencyCounts.Sketch([batch])));
    }

    [Fact]
    public void Merged_IsAsIfCountedTogether() => Gen.Long[0, TimeSpan.TicksPerHour].Array[0, 50].Array[2].Sample(two =>
    {
        var (left, right) = (Counted(two[0]), Counted(two[1]));
        Assert.Equal(LatencyCounts.Sketch([left, right])?.Buckets, LatencySketch.Merge(LatencyCounts.Sketch([left]), LatencyCounts.Sketch([right]))?.Buckets);
    });

    [Fact]
    public async Task Run_TellsHowLongItsAttemptsTook_RetriesToo()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var spec = BatchRig.Range(10, failure: new FailureSpec { Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.Zero, Jitter = false } });
        await using var rig = new BatchRig(spec, (context, _) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(context.Attempt == 1 ? 100 : 1));
            return context.Index == 3 && context.Attempt == 1 ? throw new InvalidOperationException("once") : ValueTask.FromResult<string?>(null);
        }, time);
        await rig.WorkAsync(0, 10);
        var latency = rig.Scope.Observe().Latency!;
        Assert.Equal(11, latency.Count);
        Assert.InRange(latency.P50, 100, 106.25);
    }

    private static LatencyCounts Counted(long[] ticks)
    {
        var counts = new LatencyCounts();
        Array.ForEach(ticks, one => counts.Add(new TimeSpan(one)));
        return counts;
    }

    private long Count(double seconds) => _meter.Sketch(seconds * Second)!.Count;
}
