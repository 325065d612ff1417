using System.Collections.Immutable;
using Fanout.Flow;
using Fanout.Processing;

namespace Fanout.Runs;

/// <summary>
/// The progress of any number of a run's shards, added up. Nothing in it is rounded but when it is read, so that it is a commutative monoid
/// over shards of different names: in whatever order and grouping they are added, the sum is the same.
/// </summary>
internal sealed record ProgressSum
{
    // Speeds as whole millionths of an item a second: doubles do not add up associatively.
    private const double PartsPerItem = 1e6;

    private Counts _counts;
    private long _inFlight;
    private long _waitingForRetry;
    private long _partsPerSecond;
    private long _places;
    private LatencySketch? _latency;
    private DateTimeOffset _at;
    private RunProgress? _coordinator;
    private Overruling _overruling;

    // By cause, places times percent of them.
    private ImmutableSortedDictionary<string, long> _waits = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    private ProgressSum()
    {
    }

    /// <summary>No shard.</summary>
    public static ProgressSum Zero { get; } = new();

    // Words that stand for the whole run, before what most places wait for. The greatest counts.
    private enum Overruling
    {
        None,
        Paused,
        HandlersToEnd,
    }

    /// <summary>One shard. What it counted counts for good; what it does now only while it is fresh.</summary>
    public static ProgressSum Of(ProgressShard shard, DateTimeOffset now)
    {
        var progress = shard.Progress;
        var sum = Zero with
        {
            _counts = new Counts(progress.Succeeded, progress.Failed, progress.TimedOut, progress.Cancelled),
            _at = progress.At,
            _coordinator = shard.Shard == ProgressShard.Coordinator ? progress : null,
        };
        if (!shard.IsFresh(now))
            return sum;
        // Waits of no place, as of one: they were told by somebody who does not count places.
        var places = Math.Max(1, progress.Places);
        return sum with
        {
            _inFlight = progress.InFlight,
            _waitingForRetry = progress.WaitingForRetry,
            _partsPerSecond = (long)Math.Round(progress.ItemsPerSecond * PartsPerItem),
            _places = progress.Places,
            _latency = progress.Latency,
            _waits = progress.Waits.Aggregate(sum._waits, (waits, share) => Add(waits, share.Cause, (long)share.Percent * places)),
            _overruling = progress.WaitingFor switch
            {
                WaitCauses.HandlersToEnd => Overruling.HandlersToEnd,
                WaitCauses.Paused => Overruling.Paused,
                _ => Overruling.None,
            },
        };
    }

    /// <summary>Both together.</summary>
    /// <exception cref="InvalidOperationException">Both have the coordinator's shard: some shard was added twice.</exception>
    public static ProgressSum operator +(ProgressSum left, ProgressSum right)
    {
        if (left._coordinator is not null && right._coordinator is not null)
            throw new InvalidOperationException("A run's progress has its coordinator's shard twice.");
        return new ProgressSum
        {
            _counts = left._counts + right._counts,
            _inFlight = left._inFlight + right._inFlight,
            _waitingForRetry = left._waitingForRetry + right._waitingForRetry,
            _partsPerSecond = left._partsPerSecond + right._partsPerSecond,
            _places = left._places + right._places,
            _latency = LatencySketch.Merge(left._latency, right._latency),
            _at = left._at > right._at ? left._at : right._at,
            _coordinator = left._coordinator ?? right._coordinator,
            _overruling = (Overruling)Math.Max((int)left._overruling, (int)right._overruling),
            _waits = right._waits.Aggregate(left._waits, (waits, wait) => Add(waits, wait.Key, wait.Value)),
        };
    }

    /// <summary>The sum as people see it.</summary>
    public RunProgress ToProgress()
    {
        var waits = Waits();
        return new RunProgress
        {
            At = _at,
            Total = _coordinator?.Total,
            Succeeded = _counts.Succeeded,
            Failed = _counts.Failed,
            TimedOut = _counts.TimedOut,
            Cancelled = _counts.Cancelled,
            InFlight = (int)Math.Min(_inFlight, int.MaxValue),
            WaitingForRetry = (int)Math.Min(_waitingForRetry, int.MaxValue),
            Latency = _latency,
            ItemsPerSecond = _partsPerSecond / PartsPerItem,
            Allotment = _coordinator?.Allotment,
            Places = (int)Math.Min(_places, int.MaxValue),
            Waits = waits,
            WaitingFor = _overruling switch
            {
                Overruling.HandlersToEnd => WaitCauses.HandlersToEnd,
                Overruling.Paused => WaitCauses.Paused,
                _ => waits.Count > 0 ? waits[0].Cause : null,
            },
        };
    }

    private List<WaitShare> Waits()
    {
        var percents = LargestRemainder.Percents([.. _waits.Values]);
        return [.. _waits.Keys.Select((cause, i) => new WaitShare(cause, percents[i])).Where(share => share.Percent > 0).OrderByDescending(share => share.Percent)];
    }

    private static ImmutableSortedDictionary<string, long> Add(ImmutableSortedDictionary<string, long> waits, string cause, long weight) =>
        waits.SetItem(cause, waits.GetValueOrDefault(cause) + weight);
}
