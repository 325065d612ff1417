using CsCheck;
using Fanout.Flow;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class PacerTests
{
    [Fact]
    public void AnyWindow_HoldsAtMostBurstPlusRateTimesTime() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 20], Gen.Int[0, 200].Array[1, 60]).Sample((perSecond, burst, pauses) =>
        {
            var time = new FakeTimeProvider();
            var rate = new Rate(perSecond, TimeSpan.FromSeconds(1));
            var pacer = new Pacer(time, rate, burst);
            var starts = new List<TimeSpan>();
            var origin = time.GetTimestamp();
            foreach (var pause in pauses)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                while (pacer.TryTake(out _))
                    starts.Add(time.GetElapsedTime(origin));
            }

            for (var first = 0; first < starts.Count; first++)
            {
                for (var last = first; last < starts.Count; last++)
                {
                    var allowed = burst + (rate.PerSecond * (starts[last] - starts[first]).TotalSeconds);
                    Assert.True(last - first + 1 <= allowed + 1e-6, $"{last - first + 1} starts where {allowed} are allowed");
                }
            }
        }, iter: 200);

    [Theory]
    [InlineData(61, 18)]
    [InlineData(300_000, 1)]
    [InlineData(7, 1_000_000)]
    public void RateThatIsNoWholeNumberOfTicks_IsNeverExceededInTheLongRun(int perSecond, int burst)
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(perSecond, TimeSpan.FromSeconds(1)), burst);
        var starts = 0L;
        for (var second = 0; second <= 20; second++)
        {
            while (pacer.TryTake(out _))
                starts++;
            Assert.InRange(starts, 1, burst + ((long)perSecond * second));
            for (var wait = TimeSpan.Zero; wait < TimeSpan.FromSeconds(1); wait += TimeSpan.FromMilliseconds(100))
            {
                while (pacer.TryTake(out _))
                    starts++;
                time.Advance(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    [Fact]
    public void LongestIntervalAndLargestBurst_AreNotTooMuch()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(1.0 / 30, TimeSpan.FromDays(1)), burst: 1_000_000, spent: true);
        Assert.False(pacer.TryTake(out var wait));
        Assert.Equal(30, wait.TotalDays, 6);
        pacer.Retune(new Rate(1, TimeSpan.FromSeconds(1)), 1);
        Assert.True(pacer.TryTake(out wait) || wait <= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void WaitingAsLongAsTold_KeepsTheWholeRate()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(50, TimeSpan.FromSeconds(1)), burst: 5);
        var origin = time.GetTimestamp();
        for (var start = 0; start < 505; start++)
        {
            while (!pacer.TryTake(out var wait))
                time.Advance(wait);
        }

        Assert.Equal(10, time.GetElapsedTime(origin).TotalSeconds, 3);
    }

    [Fact]
    public void SpentPacer_StartsNothingInItsFirstInterval()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(10, TimeSpan.FromSeconds(1)), burst: 100, spent: true);
        Assert.False(pacer.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
        time.Advance(wait);
        Assert.True(pacer.TryTake(out _));
        Assert.False(pacer.TryTake(out _));
    }

    [Fact]
    public void Retune_ForgivesWaitsOfTheOldRateAndSignals()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(1, TimeSpan.FromHours(1)), burst: 1);
        Assert.True(pacer.TryTake(out _));
        Assert.False(pacer.TryTake(out _));
        var retuned = pacer.Retuned;
        pacer.Retune(new Rate(100, TimeSpan.FromSeconds(1)), burst: 1);
        Assert.True(retuned.IsCompleted);
        Assert.False(pacer.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(10), wait);
    }

    [Fact]
    public void NoRate_EverythingConforms()
    {
        var pacer = new Pacer(new FakeTimeProvider(), rate: null, burst: 1);
        Assert.False(pacer.IsLimited);
        Assert.True(pacer.TryTake(out var wait));
        Assert.Equal(TimeSpan.Zero, wait);
        pacer.Owe(TimeSpan.FromHours(1));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (pacer.Ahead, pacer.WaitFor(9)));
    }

    [Fact]
    public void AnyCosts_HoldBurstPlusRateTimesTimeInUnits() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 20], Gen.Select(Gen.Int[0, 200], Gen.Int[1, 20], Gen.Int[0, 9]).Array[1, 60]).Sample((perSecond, burst, steps) =>
        {
            var time = new FakeTimeProvider();
            var pacer = new Pacer(time, new Rate(perSecond, TimeSpan.FromSeconds(1)), burst);
            var starts = new List<(TimeSpan At, double Allowance, int Units)>();
            var (origin, allowance) = (time.GetTimestamp(), 0.0);
            var factor = 1.0;
            foreach (var (pause, asked, retune) in steps)
            {
                var units = Math.Min(asked, burst);
                time.Advance(TimeSpan.FromMilliseconds(pause));
                allowance += perSecond * factor * pause / 1_000;
                // A rate that changes again and again, as under a back-off, gives nothing away.
                if (retune > 6)
                {
                    factor = (retune - 6) / 3.0;
                    pacer.Retune(new Rate(perSecond * factor, TimeSpan.FromSeconds(1)), burst);
                }

                while (pacer.WaitFor(units) == TimeSpan.Zero)
                {
                    Assert.True(pacer.TryTake(units, out _));
                    starts.Add((time.GetElapsedTime(origin), allowance, units));
                }

                Assert.False(pacer.TryTake(units, out var wait));
                Assert.Equal(wait, pacer.WaitFor(units));
            }

            for (var first = 0; first < starts.Count; first++)
            {
                var units = 0;
                for (var last = first; last < starts.Count; last++)
                {
                    units += starts[last].Units;
                    var allowed = burst + starts[last].Allowance - starts[first].Allowance;
                    Assert.True(units <= allowed + 1e-6, $"{units} units where {allowed} are allowed");
                }
            }
        }, iter: 200);

    [Fact]
    public void CostOverTheBurst_WaitsForAFullBucketAndIsPaidBack()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(10, TimeSpan.FromSeconds(1)), burst: 5);
        Assert.True(pacer.TryTake(out _));
        Assert.False(pacer.TryTake(20, out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
        time.Advance(wait);
        Assert.True(pacer.TryTake(20, out _));
        Assert.Equal(TimeSpan.FromSeconds(1.6), pacer.WaitFor(1));
        Assert.Equal(TimeSpan.FromSeconds(2), pacer.WaitFor(5));
    }

    [Fact]
    public void Debt_OutlivesARetune()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(10, TimeSpan.FromSeconds(1)), burst: 1);
        Assert.True(pacer.TryTake(100, out _));
        pacer.Retune(new Rate(20, TimeSpan.FromSeconds(1)), burst: 1);
        Assert.Equal(TimeSpan.FromSeconds(5), pacer.WaitFor(1));
    }

    [Fact]
    public void LargestCostAtTheLongestInterval_IsNotTooMuch()
    {
        var time = new FakeTimeProvider();
        var monthly = new Rate(1.0 / 30, TimeSpan.FromDays(1));
        var pacer = new Pacer(time, monthly, burst: 1_000_000, spent: true);
        pacer.Retune(monthly, burst: 1_000_000);
        pacer.Retune(monthly, burst: 1);
        time.Advance(TimeSpan.FromDays(31));
        Assert.True(pacer.TryTake(100_000, out _));
        Assert.Equal(3_000_000, pacer.WaitFor(1).TotalDays, 0);
        pacer.Retune(monthly, burst: 50_000);
        Assert.Equal(3_000_000, pacer.WaitFor(100_000).TotalDays, 0);
    }

    [Fact]
    public void WhatAnotherPacerGranted_IsOwed_AndNothingIsForgiven()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, new Rate(10, TimeSpan.FromSeconds(1)), burst: 2);
        time.Advance(TimeSpan.FromSeconds(1));
        pacer.Owe(TimeSpan.FromMilliseconds(300));
        Assert.Equal((TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(200)), (pacer.Ahead, pacer.WaitFor(1)));
        pacer.Owe(TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.FromMilliseconds(300), pacer.Ahead);
    }

    [Theory]
    [InlineData(4, 3, 0.3)]
    [InlineData(4, 20, 0.4)]
    [InlineData(10, 20, 1.0)]
    [InlineData(15, 3, 0.5 + 0.3)]
    [InlineData(15, 20, 0.5 + 1.0)]
    public void Burst_ThatChanges_NeverLacksMoreThanItHas_ButForADebt(int units, int burst, double ahead)
    {
        var pacer = new Pacer(new FakeTimeProvider(), new Rate(10, TimeSpan.FromSeconds(1)), burst: 10);
        Assert.True(pacer.TryTake(units, out _));
        pacer.Retune(new Rate(10, TimeSpan.FromSeconds(1)), burst);
        Assert.Equal((TimeSpan.FromSeconds(ahead), TimeSpan.FromSeconds(ahead)), (pacer.Ahead, pacer.WaitFor(burst)));
    }

    [Fact]
    public void RateThatComesLater_BeginsWithAFullBucket()
    {
        var pacer = new Pacer(new FakeTimeProvider(), rate: null, burst: 1);
        Assert.True(pacer.TryTake(1_000, out _));
        pacer.Owe(TimeSpan.FromHours(1));
        pacer.Retune(new Rate(10, TimeSpan.FromSeconds(1)), burst: 5);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMilliseconds(100)), (pacer.WaitFor(5), pacer.TryTake(5, out _) ? pacer.WaitFor(1) : default));
    }
}
