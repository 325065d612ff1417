using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>
/// A run whose lanes are worked by many processes: each tells what its lanes come to over the whole run, and hears what all of them do.
/// </summary>
public sealed partial class RunScope
{
    // Of lanes whose batches have ended here: what is still to be told.
    private readonly Dictionary<int, Counts> _lanesLeft = [];
    private readonly Dictionary<int, LaneMeters> _laneMeters = [];
    private RunProgress? _overall;
    private long _unsuccessfulElsewhere;

    /// <summary>The run has a report: nothing is to be done for it any more.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>What the lanes worked here, and those left since the last time, come to.</summary>
    internal LaneReport ObserveLanes()
    {
        lock (_lock)
        {
            var lanes = _lanesLeft.ToDictionary(left => left.Key, left => Measure(left.Key, left.Value, default));
            // Each batch is looked at once: what its lane is said to have failed, and what this process has seen fail, must be of one moment.
            var settled = _ended;
            foreach (var batch in _batches)
            {
                var seen = batch.Observe();
                settled += seen.Settled;
                if (batch.LaneBefore is { } before)
                    lanes[batch.Lane] = Measure(batch.Lane, before + seen.Settled, seen) with { Waits = WaitsLocked(batch, seen), Places = batch.Places.All };
            }

            return new LaneReport(lanes, [.. _lanesLeft], settled.Failed + settled.TimedOut);
        }
    }

    /// <summary>A report was written down: what was left to tell is told.</summary>
    internal void NoteTold(LaneReport told)
    {
        lock (_lock)
        {
            foreach (var (lane, counts) in told.Left)
            {
                if (_lanesLeft.TryGetValue(lane, out var left) && left == counts)
                    _lanesLeft.Remove(lane);
                if (!_batches.Exists(batch => batch.Lane == lane))
                    _laneMeters.Remove(lane);
            }
        }
    }

    /// <summary>What all processes together have come to.</summary>
    /// <param name="run">The run, read after <paramref name="told"/> was written down.</param>
    /// <param name="told">What this process last told. What it saw fail since is not in the record; all before is.</param>
    internal void NoteOverall(RunRecord run, LaneReport told)
    {
        HasEnded = run.Report is not null;
        _overall = run.Progress;
        if (run.Progress is { } all)
            Interlocked.Exchange(ref _unsuccessfulElsewhere, Math.Max(0, all.Failed + all.TimedOut - told.Unsuccessful));
        TripWhenNotTolerated();
    }

    private RunProgress Measure(int lane, Counts counts, in BatchObservation seen)
    {
        var meters = MetersLocked(lane);
        return meters.Progress.Measure(counts, null, seen.InFlight, seen.WaitingForRetry, _allotment) with
        {
            Allotment = null,
            Latency = meters.Latency.Sketch(SinceStart()),
        };
    }

    private LaneMeters MetersLocked(int lane)
    {
        if (!_laneMeters.TryGetValue(lane, out var meters))
            _laneMeters.Add(lane, meters = new LaneMeters(new ProgressMeter(Time), new WaitMeter(SinceStart()), new LatencyMeter()));
        return meters;
    }

    // How much its branch has left for a lane is not known here: a place for which there is no item is the engine's.
    private void SampleLanesLocked()
    {
        foreach (var batch in _batches)
        {
            var seen = batch.Observe();
            MetersLocked(batch.Lane).Waits.Add(SinceStart(), DescribeLaneLocked(batch, seen) with { PaceCause = _paceCause }, seen.WaitedForPace);
            CountLaneLatenciesLocked(batch);
        }
    }

    private IReadOnlyList<WaitShare> WaitsLocked(Batch batch, in BatchObservation seen) =>
        MetersLocked(batch.Lane).Waits.Shares(SinceStart()) is { Count: > 0 } shares
            ? shares
            : WaitMeter.Shares(PlaceCensus.Of(DescribeLaneLocked(batch, seen)));

    private RunSituation DescribeLaneLocked(Batch batch, in BatchObservation seen)
    {
        var (all, now) = batch.Places;
        // What the process has of limits is for all lanes here.
        var limits = LimitCaps.Over(int.MaxValue);
        var here = (limits.Concurrency - 1L) / _batches.Count + 1;
        return here < now
            ? DescribeLocked(seen, all, (int)here, left: int.MaxValue) with { CapCause = limits.Cause }
            : DescribeLocked(seen, all, now, left: int.MaxValue);
    }

    private void CountLaneLatenciesLocked(Batch batch) => batch.TellLatencies(MetersLocked(batch.Lane).Latency.At(SinceStart()));

    private void NoteLaneLocked(Batch batch, in BatchObservation last)
    {
        CountLaneLatenciesLocked(batch);
        if (batch.LaneBefore is { } before)
            _lanesLeft[batch.Lane] = before + last.Settled;
    }

    private sealed record LaneMeters(ProgressMeter Progress, WaitMeter Waits, LatencyMeter Latency);
}
