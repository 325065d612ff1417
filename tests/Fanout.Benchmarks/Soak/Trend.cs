using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Soak;

/// <summary>
/// Whether something grows: the median of its last third against that of its second. The first third is what a process comes to in its first time, when
/// code is compiled and pools fill. Medians, since a collection or a burst moves single samples.
/// </summary>
/// <param name="Before">Median of the second third.</param>
/// <param name="After">Median of the last third.</param>
internal readonly record struct Trend(double Before, double After)
{
    // Growth that is none: 5 %, and the few threads or sockets that a pool has more or fewer of at one time than at another.
    private const double Part = 0.05;
    private const double Few = 4;

    public bool IsFlat => After - Before <= Math.Max(Part * Before, Few);

    /// <exception cref="ArgumentException">There are fewer than 6 samples.</exception>
    public static Trend Of(IReadOnlyList<long> samples)
    {
        var third = samples.Count / 3;
        if (third < 2)
            throw new ArgumentException("There are too few samples to tell.", nameof(samples));
        return new Trend(MedianOf(samples.Skip(third).Take(third)), MedianOf(samples.Skip(2 * third)));
    }

    private static double MedianOf(IEnumerable<long> samples) => Median.Of(samples.Select(sample => (double)sample))!.Value;
}
