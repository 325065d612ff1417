using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class ProgressMeterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ProgressMeter _meter;

    public ProgressMeterTests() => _meter = new ProgressMeter(_time);

    [Fact]
    public void Numbers_AreThoseThatWereCounted()
    {
        var progress = _meter.Measure(new Counts(1, 2, 3, 4), 100, inFlight: 5, waiting: 6, new Allotment(7, null, 1));
        Assert.Equal((1L, 2L, 3L, 4L, 10L, 100L), (progress.Succeeded, progress.Failed, progress.TimedOut, progress.Cancelled, progress.Settled, progress.Total));
        Assert.Equal((5, 6, 7, 0.0, _time.GetUtcNow()), (progress.InFlight, progress.WaitingForRetry, progress.Allotment!.Concurrency, progress.ItemsPerSecond, progress.At));
    }

    [Fact]
    public void Speed_IsThatOfTheLastFiveSeconds()
    {
        Assert.Equal(0, After(0, 0));
        Assert.Equal(10, After(1, 10));
        Assert.Equal(10, After(4, 50));
        // What is exactly five seconds old counts still; then the next is the oldest.
        Assert.Equal(0, After(0, 50) - 10);
        Assert.Equal(40 / 5.0, After(1, 50), 9);
    }

    [Fact]
    public void OldSamples_Go_AndAStandstillIsSeen()
    {
        After(0, 0);
        for (var second = 1; second <= 20; second++)
            Assert.Equal(100, After(1, second * 100), 9);
        for (var second = 0; second < 6; second++)
            After(1, 2_000);
        Assert.Equal(0, After(1, 2_000));
    }

    [Fact]
    public void MeasuredOften_ItRemembersNoMoreOftenThanTenTimesASecond()
    {
        After(0, 0);
        for (var i = 1; i <= 1_000; i++)
            Assert.Equal(1_000, After(0.01, i * 10), 6);
    }

    [Fact]
    public void MeasuredSeldom_ItMeasuresSinceTheLastTime()
    {
        After(0, 0);
        Assert.Equal(10, After(10, 100), 9);
        Assert.Equal(5, After(20, 200), 9);
    }

    [Fact]
    public void WhatIsMeasuredATenthOfASecondLater_IsNotRemembered()
    {
        After(0, 0);
        After(0.11, 0);
        After(0.04, 0);
        After(0.15, 100);
        // Of five seconds ago there is the last sample, and not the one before it.
        Assert.Equal(0, After(4.82, 100));
    }

    private double After(double seconds, long succeeded)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return _meter.Measure(new Counts(succeeded, 0, 0, 0), null, 0, 0, new Allotment(1, null, 1)).ItemsPerSecond;
    }
}
