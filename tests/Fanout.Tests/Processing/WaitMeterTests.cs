using CsCheck;
using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class WaitMeterTests
{
    private static readonly PlaceCount[] Handlers = [new("handlers", 4)];
    private static readonly PlaceCount[] Rate = [new("rate", 1)];

    private static readonly Gen<PlaceCount[]> Census =
        Gen.Select(Gen.Int[0, 7], Gen.Int[1, 100_000], (cause, places) => new PlaceCount($"cause {cause}", places)).Array[1, 7];

    [Fact]
    public void Shares_AddUpToAHundredWhateverWasSeen() =>
        Gen.Select(Gen.Int[1, 3_000], Census).Array[1, 60].Sample(samples =>
        {
            var meter = new WaitMeter(TimeSpan.Zero);
            var now = TimeSpan.Zero;
            foreach (var (wait, census) in samples)
            {
                now += TimeSpan.FromMilliseconds(wait);
                meter.Add(now, census);
                var shares = meter.Shares(now);
                Assert.Equal(100, shares.Sum(share => share.Percent));
                Assert.All(shares, share => Assert.InRange(share.Percent, 1, 100));
                Assert.Equal(shares.Count, shares.DistinctBy(share => share.Cause).Count());
                Assert.Equal(shares.OrderByDescending(share => share.Percent).Select(share => share.Percent), shares.Select(share => share.Percent));
            }
        });

    [Fact]
    public void Samples_WeighAsLongAsTheyLasted_NotAsMuchAsThereIsOfThem()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        meter.Add(TimeSpan.FromSeconds(1), Handlers);
        meter.Add(TimeSpan.FromSeconds(4), Rate);
        Assert.Equal([new WaitShare("rate", 75), new WaitShare("handlers", 25)], meter.Shares(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void EveryMoment_CountsAlike_HoweverManyPlacesThereWere()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        meter.Add(TimeSpan.FromSeconds(1), Handlers);
        meter.Add(TimeSpan.FromSeconds(2), [new PlaceCount("key", 1), new PlaceCount("rate", 1)]);
        Assert.Equal([new WaitShare("handlers", 50), new WaitShare("key", 25), new WaitShare("rate", 25)], meter.Shares(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void SampleOfBefore_AddsNothing()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        meter.Add(TimeSpan.FromSeconds(3), Handlers);
        meter.Add(TimeSpan.FromSeconds(1), Rate);
        Assert.Equal([new WaitShare("handlers", 100)], meter.Shares(TimeSpan.FromSeconds(3)));
        meter.Add(TimeSpan.FromSeconds(4), Rate);
        Assert.Equal([new WaitShare("handlers", 75), new WaitShare("rate", 25)], meter.Shares(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void Window_CutsTheSampleItBeginsIn()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        meter.Add(TimeSpan.FromSeconds(4), Handlers);
        meter.Add(TimeSpan.FromSeconds(8), Rate);
        Assert.Equal([new WaitShare("rate", 80), new WaitShare("handlers", 20)], meter.Shares(TimeSpan.FromSeconds(8)));
        Assert.Equal([new WaitShare("rate", 100)], meter.Shares(TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public void ThePace_IsACauseForAsLongAsItWasWaitedFor()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        var run = new RunSituation { Concurrency = 4, Reach = 4, Left = 100, PaceCause = "rate" };
        meter.Add(TimeSpan.FromSeconds(1), run, TimeSpan.FromSeconds(0.9));
        Assert.Equal([new WaitShare("rate", 90), new WaitShare("engine", 10)], meter.Shares(TimeSpan.FromSeconds(1)));
        meter.Add(TimeSpan.FromSeconds(2), run, TimeSpan.FromSeconds(0.9));
        Assert.Equal([new WaitShare("engine", 55), new WaitShare("rate", 45)], meter.Shares(TimeSpan.FromSeconds(2)));
        // A batch that ended takes what it waited along.
        meter.Add(TimeSpan.FromSeconds(3), run, TimeSpan.FromSeconds(0.2));
        meter.Add(TimeSpan.FromSeconds(4), run, TimeSpan.FromSeconds(1.1));
        Assert.Equal([new WaitShare("engine", 55), new WaitShare("rate", 45)], meter.Shares(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void WaitOfMoreThanThereWas_CountsForAllThereWas()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        var run = new RunSituation { Concurrency = 4, Reach = 4, Left = 100, PaceCause = "rate" };
        meter.Add(TimeSpan.FromSeconds(1), run, TimeSpan.Zero);
        meter.Add(TimeSpan.FromSeconds(2), run, TimeSpan.FromSeconds(10));
        Assert.Equal([50, 50], meter.Shares(TimeSpan.FromSeconds(2)).Select(share => share.Percent));
        meter.Add(TimeSpan.FromSeconds(4), run, TimeSpan.FromSeconds(10));
        Assert.Equal(("rate", 25), meter.Shares(TimeSpan.FromSeconds(4))[1] is var rate ? (rate.Cause, rate.Percent) : default);
    }

    [Fact]
    public void AWaitOfSeveral_IsCountedOnce()
    {
        var time = new FakeTimeProvider();
        var clock = new WaitClock(time);
        Assert.False(clock.IsWaiting);
        clock.Begin();
        time.Advance(TimeSpan.FromSeconds(1));
        clock.Begin();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, TimeSpan.FromSeconds(2)), (clock.IsWaiting, clock.Total));
        clock.End();
        clock.End();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, TimeSpan.FromSeconds(2)), (clock.IsWaiting, clock.Total));
    }

    [Fact]
    public void LongSleep_CountsForNoMoreThanTheWindow()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        meter.Add(TimeSpan.FromHours(1), Handlers);
        meter.Add(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1), Rate);
        Assert.Equal([new WaitShare("handlers", 80), new WaitShare("rate", 20)], meter.Shares(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void BeforeTheFirstSampleAndLongAfterTheLast_ThereIsNothingToSay()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        Assert.Empty(meter.Shares(TimeSpan.Zero));
        meter.Add(TimeSpan.FromSeconds(1), Handlers);
        Assert.Empty(meter.Shares(TimeSpan.FromSeconds(6)));
    }
}
