using Xunit;

namespace Fanout.Cli.Tests.Sampling;

/// <summary>A start or an end, as the sampler counted it.</summary>
/// <param name="At">Since the sampler began.</param>
/// <param name="Run">The run.</param>
/// <param name="Units">What the item counts for; negative: it ended.</param>
internal readonly record struct Sample(TimeSpan At, string Run, int Units);

/// <summary>What all handlers of all processes did, in the order in which it was counted. Pure.</summary>
/// <remarks>
/// A handler waits until its end is counted, and is counted only once it has begun: what is in flight here was in flight, so that a limit that
/// holds is never seen to be exceeded. Starts are counted some time after they were granted, not all equally late: that is the tolerance.
/// </remarks>
internal sealed class SampledWork(IReadOnlyList<Sample> samples)
{
    /// <summary>In the order of time.</summary>
    public IReadOnlyList<Sample> Samples => samples;

    /// <summary>Runs that began anything.</summary>
    public IReadOnlyList<string> Runs => [.. samples.Select(sample => sample.Run).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Items begun.</summary>
    public int Starts => samples.Count(sample => sample.Units > 0);

    /// <summary>The most units in flight at any moment.</summary>
    /// <param name="run">Of this run only; null: of all together.</param>
    public int MostInFlight(string? run = null)
    {
        var (now, most) = (0, 0);
        foreach (var sample in Of(run))
            most = Math.Max(most, now += sample.Units);
        return most;
    }

    /// <summary>
    /// The most by which the units begun in a window exceed <paramref name="perSecond"/> times its length, over all windows: a pacer that keeps
    /// its rate has this no greater than its burst.
    /// </summary>
    public double MostBeyond(double perSecond, string? run = null)
    {
        // Begun in [i, j] beyond the rate: (S(j) - rate x t(j)) - (S(i - 1) - rate x t(i)); the least of the latter so far is the worst.
        var (begun, least, most) = (0L, double.PositiveInfinity, 0.0);
        foreach (var sample in Of(run).Where(sample => sample.Units > 0))
        {
            var granted = perSecond * sample.At.TotalSeconds;
            least = Math.Min(least, begun - granted);
            begun += sample.Units;
            most = Math.Max(most, begun - granted - least);
        }

        return most;
    }

    /// <summary>Fails unless the units begun in every window are at most <c>burst + rate x (its length + tolerance)</c>.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="burst">The burst, or the largest cost if that is more.</param>
    /// <param name="tolerance">How unequally late starts may be counted.</param>
    /// <param name="run">Of this run only; null: of all together.</param>
    public void AssertRate(double perSecond, int burst, TimeSpan tolerance, string? run = null) =>
        Assert.InRange(MostBeyond(perSecond, run), 0, burst + (perSecond * tolerance.TotalSeconds) + 1e-6);

    /// <summary>Units in flight on average over a period.</summary>
    public double AverageInFlight(TimeSpan from, TimeSpan to, string? run = null)
    {
        var (inFlight, since, unitSeconds) = (0L, from, 0.0);
        foreach (var sample in Of(run).Where(sample => sample.At < to))
        {
            var at = sample.At > from ? sample.At : from;
            unitSeconds += inFlight * (at - since).TotalSeconds;
            (inFlight, since) = (inFlight + sample.Units, at);
        }

        return (unitSeconds + (inFlight * (to - since).TotalSeconds)) / (to - from).TotalSeconds;
    }

    /// <summary>Units begun in a period.</summary>
    public long Begun(TimeSpan from, TimeSpan to, string? run = null) =>
        Of(run).Where(sample => sample.Units > 0 && sample.At >= from && sample.At < to).Sum(sample => (long)sample.Units);

    /// <summary>Each run's part of what was in flight over a period; they add up to 1.</summary>
    public IReadOnlyDictionary<string, double> SharesInFlight(TimeSpan from, TimeSpan to) => Shares(run => AverageInFlight(from, to, run));

    /// <summary>Each run's part of what was begun in a period; they add up to 1.</summary>
    public IReadOnlyDictionary<string, double> SharesOfStarts(TimeSpan from, TimeSpan to) => Shares(run => Begun(from, to, run));

    private Dictionary<string, double> Shares(Func<string?, double> part)
    {
        var parts = Runs.ToDictionary(run => run, run => part(run), StringComparer.Ordinal);
        var whole = parts.Values.Sum();
        return parts.ToDictionary(run => run.Key, run => whole > 0 ? run.Value / whole : 0, StringComparer.Ordinal);
    }

    private IEnumerable<Sample> Of(string? run) => run is null ? samples : samples.Where(sample => sample.Run == run);
}
