using System.Numerics;
using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>Counts durations in the buckets of a <see cref="LatencySketch"/>, for the price of an addition. Not thread-safe.</summary>
internal sealed class LatencyCounts
{
    // Sixteen buckets to each doubling; below sixteen ticks, one a tick.
    private const int BucketBits = 4;
    private const int BucketsPerDoubling = 1 << BucketBits;
    private const int All = (63 - BucketBits + 1) * BucketsPerDoubling;

    private readonly long[] _counts = new long[All];
    private int _used;

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan duration)
    {
        var bucket = BucketOf(Math.Max(0, duration.Ticks));
        _counts[bucket]++;
        _used = Math.Max(_used, bucket + 1);
    }

    /// <summary>Adds all that was counted here to others, and forgets it.</summary>
    public void MoveTo(LatencyCounts others)
    {
        for (var bucket = 0; bucket < _used; bucket++)
            others._counts[bucket] += _counts[bucket];
        others._used = Math.Max(others._used, _used);
        Clear();
    }

    public void Clear()
    {
        _counts.AsSpan(0, _used).Clear();
        _used = 0;
    }

    /// <summary>What several counted together; null: nothing.</summary>
    public static LatencySketch? Sketch(IEnumerable<LatencyCounts> counts)
    {
        var sum = new long[All];
        foreach (var one in counts)
        {
            for (var bucket = 0; bucket < one._used; bucket++)
                sum[bucket] += one._counts[bucket];
        }

        var buckets = new List<LatencyBucket>();
        for (var bucket = 0; bucket < All; bucket++)
        {
            if (sum[bucket] > 0)
                buckets.Add(new LatencyBucket(MostOf(bucket) / TimeSpan.TicksPerMillisecond, sum[bucket]));
        }

        return buckets.Count == 0 ? null : new LatencySketch(buckets);
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < BucketsPerDoubling)
            return (int)ticks;
        var doubling = BitOperations.Log2((ulong)ticks) - BucketBits;
        return (doubling * BucketsPerDoubling) + (int)(ticks >> doubling);
    }

    private static double MostOf(int bucket)
    {
        if (bucket < BucketsPerDoubling)
            return bucket;
        var doubling = (bucket / BucketsPerDoubling) - 1;
        var mantissa = (long)(bucket - (doubling * BucketsPerDoubling));
        return ((mantissa + 1) << doubling) - 1;
    }
}
