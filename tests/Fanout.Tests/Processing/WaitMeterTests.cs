using CsCheck;
using Fanout.Processing;
using Fanout.Runs;
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
    public void Window_CutsTheSampleItBeginsIn()
    {
        var meter = new WaitMeter(TimeSpan.Zero);
        meter.Add(TimeSpan.FromSeconds(4), Handlers);
        meter.Add(TimeSpan.FromSeconds(8), Rate);
        Assert.Equal([new WaitShare("rate", 80), new WaitShare("handlers", 20)], meter.Shares(TimeSpan.FromSeconds(8)));
        Assert.Equal([new WaitShare("rate", 100)], meter.Shares(TimeSpan.FromSeconds(9)));
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
