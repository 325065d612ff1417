using Fanout.Telemetry;

namespace Fanout.Processing;

/// <summary>What the run tells those who measure.</summary>
public sealed partial class RunScope
{
    private readonly Counts _settledBefore;
    private long _retriesOfEnded;

    /// <summary>The run's spans.</summary>
    internal RunTrace Trace { get; }

    /// <summary>Of which items there are spans; null: of none.</summary>
    internal ItemSampling? ItemSampling => _services.ItemSampling;

    /// <summary>What this process has done of the run, and does now.</summary>
    internal WorkSeen ObserveWork()
    {
        var progress = ObserveHere();
        lock (_lock)
        {
            var seen = LookLocked();
            return new WorkSeen
            {
                Done = new WorkDone(seen.Settled - _settledBefore, _retriesOfEnded + seen.Retries),
                InFlight = seen.InFlight,
                Waiting = seen.WaitingForRetry,
                ItemsPerSecond = progress.ItemsPerSecond,
                Places = _hasEnded ? [] : PlacesLocked(),
            };
        }
    }

    // Where lanes are apart, what those do that are worked elsewhere is for others to tell.
    private IReadOnlyList<PlaceCount> PlacesLocked() => LimitsAreSplit
        ? WorkSeen.Sum(_batches.SelectMany(batch => PlaceCensus.Of(DescribeLaneLocked(batch, batch.Observe()))))
        : PlaceCensus.Of(DescribeLocked(LookLocked()));
}
