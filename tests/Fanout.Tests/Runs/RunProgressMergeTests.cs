using CsCheck;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Runs;

public sealed class RunProgressMergeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly string[] Causes = ["handlers", "rate", "limit crm", "engine", "paused"];

    private static readonly string?[] Words = [null, "paused", "handlers to end", "rate"];

    private static readonly Gen<RunProgress> AnyProgress =
        from counts in Gen.Long[0, 1L << 40].Array[4]
        from now in Gen.Int[0, 100_000].Array[3]
        from seconds in Gen.Int[0, 20]
        from speed in Gen.Double[0, 1e6]
        from first in Gen.Int[1, 99]
        from causes in Gen.Shuffle(Causes, 2)
        from attempts in Gen.Long[0, 1_000].Array[3]
        from word in Gen.Int[0, Words.Length - 1]
        select new RunProgress
        {
            At = Now.AddSeconds(-seconds),
            Total = counts.Sum(),
            Succeeded = counts[0],
            Failed = counts[1],
            TimedOut = counts[2],
            Cancelled = counts[3],
            InFlight = now[0],
            WaitingForRetry = now[1],
            Places = now[2],
            ItemsPerSecond = speed,
            Waits = [new(causes[0], first), new(causes[1], 100 - first)],
            Latency = new LatencySketch([.. attempts.Select((count, i) => new LatencyBucket(1.5 * (i + 1), count)).Where(bucket => bucket.Count > 0)]),
            WaitingFor = Words[word],
            Allotment = new Allotment(now[0] + 1, null, 1),
        };

    private static readonly Gen<ProgressShard[]> AnyShards = AnyProgress.Array[0, 8].Select(all => all.Select((progress, i) =>
        new ProgressShard(i == 0 ? ProgressShard.Coordinator : ProgressShard.OfLane(i), progress)).ToArray());

    [Fact]
    public void AnyOrder_GivesTheSame() =>
        Gen.Select(AnyShards, Gen.Int).Sample((shards, seed) =>
            AssertSame(RunProgress.Merge(shards, Now), RunProgress.Merge(shards.OrderBy(shard => HashCode.Combine(seed, shard.Shard)), Now)));

    [Fact]
    public void AnyGrouping_GivesTheSame() => Gen.Select(AnyShards, Gen.Int[0, 8], Gen.Int[0, 8]).Sample((shards, one, two) =>
    {
        var (from, to) = (Math.Min(Math.Min(one, two), shards.Length), Math.Min(Math.Max(one, two), shards.Length));
        var (left, middle, right) = (Sum(shards[..from]), Sum(shards[from..to]), Sum(shards[to..]));
        AssertSame((left + middle + right).ToProgress(), (left + (middle + right)).ToProgress());
        AssertSame((left + middle + right).ToProgress(), Sum(shards).ToProgress());
    });

    [Fact]
    public void Zero_ChangesNothing() => AnyShards.Sample(shards =>
    {
        AssertSame(Sum(shards).ToProgress(), (ProgressSum.Zero + Sum(shards)).ToProgress());
        AssertSame(Sum(shards).ToProgress(), (Sum(shards) + ProgressSum.Zero).ToProgress());
    });

    [Fact]
    public void OneFreshShard_StaysWhatItIs() => AnyProgress.Sample(progress =>
    {
        progress = progress with { At = Now, WaitingFor = progress.WaitingFor == "rate" ? null : progress.WaitingFor, Places = Math.Max(1, progress.Places) };
        progress = progress with { Waits = [.. progress.Waits.OrderByDescending(share => share.Percent).ThenBy(share => share.Cause, StringComparer.Ordinal)] };
        progress = progress with { WaitingFor = progress.WaitingFor ?? progress.Waits[0].Cause, ItemsPerSecond = Math.Round(progress.ItemsPerSecond) };
        AssertSame(progress, RunProgress.Merge([new ProgressShard(ProgressShard.Coordinator, progress)], Now));
    });

    [Fact]
    public void Percents_AddUpTo100() => AnyShards.Sample(shards =>
    {
        var waits = RunProgress.Merge(shards, Now)?.Waits ?? [];
        Assert.True(waits.Count == 0 || waits.Sum(share => share.Percent) == 100);
    });

    [Fact]
    public void NoShards_AreNoProgress() => Assert.Null(RunProgress.Merge([], Now));

    [Fact]
    public void CoordinatorTwice_IsRefused()
    {
        var shard = new ProgressShard(ProgressShard.Coordinator, new RunProgress());
        Assert.Throws<InvalidOperationException>(() => RunProgress.Merge([shard, shard], Now));
    }

    [Fact]
    public void ShardThatIsNotRenewed_CountsOnlyWithItsCounts()
    {
        var stale = new RunProgress { At = Now.AddSeconds(-10), Failed = 3, InFlight = 5, ItemsPerSecond = 7, Waits = [new("rate", 100)], WaitingFor = "paused", Places = 2 };

        var merged = RunProgress.Merge([new("lane 0", stale), new("lane 1", stale with { At = Now.AddSeconds(-9.9) })], Now);

        AssertSame(stale with { At = Now.AddSeconds(-9.9), Failed = 6 }, merged);
    }

    private static ProgressSum Sum(IEnumerable<ProgressShard> shards) =>
        shards.Aggregate(ProgressSum.Zero, (sum, shard) => sum + ProgressSum.Of(shard, Now));

    private static void AssertSame(RunProgress? expected, RunProgress? actual)
    {
        Assert.Equal(expected?.Waits, actual?.Waits);
        Assert.Equal(expected?.Latency?.Buckets, actual?.Latency?.Buckets);
        Assert.Equal(expected is null ? null : expected with { Waits = [], Latency = null }, actual is null ? null : actual with { Waits = [], Latency = null });
    }
}
