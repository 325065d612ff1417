namespace Fanout.Runs;

/// <summary>
/// How long attempts took, as counts in buckets each at most a sixteenth wider than it is far from zero, so that sketches of many processes add up and
/// what is read from them is at most 6.25 % too much. Buckets as of HdrHistogram (Gil Tene, http://hdrhistogram.org).
/// </summary>
/// <param name="Buckets">Those that are not empty, shortest first.</param>
public sealed record LatencySketch(IReadOnlyList<LatencyBucket> Buckets)
{
    /// <summary>Attempts counted.</summary>
    public long Count => Buckets.Sum(bucket => bucket.Count);

    /// <summary>Half of them took at most so long, in milliseconds; 0: there are none.</summary>
    public double P50 => Percentile(50);

    /// <summary>90 of 100 took at most so long, in milliseconds; 0: there are none.</summary>
    public double P90 => Percentile(90);

    /// <summary>99 of 100 took at most so long, in milliseconds; 0: there are none.</summary>
    public double P99 => Percentile(99);

    /// <summary>Both together.</summary>
    /// <returns>Null: there is neither.</returns>
    public static LatencySketch? Merge(LatencySketch? left, LatencySketch? right)
    {
        if (left is null || right is null)
            return left ?? right;
        return new LatencySketch([.. left.Buckets.Concat(right.Buckets)
            .GroupBy(bucket => bucket.UpTo).OrderBy(same => same.Key)
            .Select(same => new LatencyBucket(same.Key, same.Sum(bucket => bucket.Count)))]);
    }

    // The nearest rank: of four, half are the first two.
    private double Percentile(int percent)
    {
        var rank = (long)Math.Ceiling(Count * (percent / 100.0));
        foreach (var bucket in Buckets)
        {
            rank -= bucket.Count;
            if (rank <= 0)
                return bucket.UpTo;
        }

        return 0;
    }
}
