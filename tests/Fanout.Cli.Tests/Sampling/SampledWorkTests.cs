using CsCheck;
using Xunit;
using Xunit.Sdk;

namespace Fanout.Cli.Tests.Sampling;

public sealed class SampledWorkTests
{
    private static readonly SampledWork TwoRuns = Work((0, "a", 1), (0, "b", 2), (1, "a", 1), (2, "a", -1), (2, "b", -2), (4, "a", -1));

    [Fact]
    public void MostInFlight_CountsUnitsOfOneRunOrAll() =>
        Assert.Equal((4, 2, 2), (TwoRuns.MostInFlight(), TwoRuns.MostInFlight("a"), TwoRuns.MostInFlight("b")));

    [Fact]
    public void AverageInFlight_IsTimeWeightedWithinThePeriod()
    {
        Assert.Equal(1.25, TwoRuns.AverageInFlight(Seconds(0), Seconds(4), "a"));
        Assert.Equal(1, TwoRuns.AverageInFlight(Seconds(0), Seconds(4), "b"));
        Assert.Equal(2, TwoRuns.AverageInFlight(Seconds(1), Seconds(2), "a"));
        Assert.Equal(0, TwoRuns.AverageInFlight(Seconds(5), Seconds(6)));
    }

    [Fact]
    public void Shares_AddUpToOne()
    {
        var inFlight = TwoRuns.SharesInFlight(Seconds(0), Seconds(4));
        Assert.Equal((5 / 9.0, 4 / 9.0), (inFlight["a"], inFlight["b"]));
        var starts = TwoRuns.SharesOfStarts(Seconds(0), Seconds(4));
        Assert.Equal((0.5, 0.5), (starts["a"], starts["b"]));
    }

    [Fact]
    public void MostBeyond_IsTheWorstOfAllWindows() =>
        Gen.Select(Gen.Int[0, 2_000], Gen.Int[1, 3]).Array[1, 40].Sample(starts =>
        {
            var at = TimeSpan.Zero;
            var samples = starts.Select(start => new Sample(at += TimeSpan.FromMilliseconds(start.Item1), "a", start.Item2)).ToList();
            const double PerSecond = 3;
            var worst = 0.0;
            for (var first = 0; first < samples.Count; first++)
            {
                for (var last = first; last < samples.Count; last++)
                    worst = Math.Max(worst, samples[first..(last + 1)].Sum(sample => sample.Units) - (PerSecond * (samples[last].At - samples[first].At).TotalSeconds));
            }

            Assert.Equal(worst, new SampledWork(samples).MostBeyond(PerSecond), 6);
        });

    [Fact]
    public void AssertRate_AllowsTheBurstAndTheToleranceAndNoMore()
    {
        var work = Work((0, "a", 1), (0, "a", 1), (0.4, "a", 1), (1, "a", 1));
        work.AssertRate(1, 3, TimeSpan.Zero);
        work.AssertRate(1, 2, TimeSpan.FromSeconds(1));
        Assert.ThrowsAny<XunitException>(() => work.AssertRate(1, 2, TimeSpan.FromSeconds(0.5)));
    }

    private static SampledWork Work(params (double At, string Run, int Units)[] samples) =>
        new([.. samples.Select(sample => new Sample(Seconds(sample.At), sample.Run, sample.Units))]);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
