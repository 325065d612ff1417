using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>What the run looks like from outside, and what it is waiting for.</summary>
public sealed partial class RunScope
{
    // Often enough for whole percents of the meter's window, seldom enough to cost nothing.
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(50);

    private const int OfAnEarlierProcess = -1;

    // By lane: retries that a batch handed back. The lane begins its next batch when the first of them is due.
    private readonly Dictionary<int, (int Count, DateTimeOffset Due)> _retriesHandedBack = [];
    private readonly WaitMeter _waits;
    private readonly LatencyMeter _latencies = new();
    private readonly ITimer _sampling;
    private volatile bool _hasEnded;
    private volatile string _paceCause = WaitCauses.Rate;

    /// <summary>What a worker that stands before a pacer waits for: <c>rate</c>, or <c>limit NAME</c> when it is a limit's. Whoever paces says so.</summary>
    internal string PaceCause
    {
        get => _paceCause;
        set => _paceCause = value;
    }

    /// <summary>The live numbers of now; of a run that many processes work, those of all as they last told them.</summary>
    public RunProgress Observe()
    {
        var own = ObserveHere();
        return !LimitsAreSplit || _overall is not { } all ? own : all with { Total = own.Total, Allotment = own.Allotment, WaitingFor = own.WaitingFor ?? all.WaitingFor };
    }

    /// <summary>The live numbers of now, as the process that drives the run tells them. Where lanes are apart each tells what it counts and waits for itself, those worked here too.</summary>
    internal RunProgress ObserveShare()
    {
        if (!LimitsAreSplit)
            return ObserveHere();
        lock (_lock)
            return new RunProgress { At = Time.GetUtcNow(), Total = Total, Allotment = _allotment, WaitingFor = NotRunning() };
    }

    private RunProgress ObserveHere()
    {
        lock (_lock)
        {
            var seen = LookLocked();
            // Of lanes that others work it is not known here what they wait for.
            if (Spec.Batch.Dispatch == BatchDispatch.Queue)
                return _meter.Measure(seen.Settled, Total, seen.InFlight, seen.WaitingForRetry, _allotment) with { WaitingFor = NotRunning() };
            var census = PlaceCensus.Of(DescribeLocked(seen));
            var waits = _waits.Shares(SinceStart());
            if (waits.Count == 0)
                waits = WaitMeter.Shares(census);
            return _meter.Measure(seen.Settled, Total, seen.InFlight, seen.WaitingForRetry, _allotment) with
            {
                Latency = _hasEnded ? null : _latencies.Sketch(SinceStart()),
                Waits = _hasEnded ? [] : waits,
                Places = census.Sum(count => count.Places),
                WaitingFor = NotRunning() ?? waits[0].Cause,
            };
        }
    }

    /// <summary>The run has its report. What it is still driven for is to be announced.</summary>
    internal void NoteEnded() => _hasEnded = true;

    private string? NotRunning() => _hasEnded ? WaitCauses.Announcing : _gate.Stop is not null ? WaitCauses.HandlersToEnd : _gate.Paused ? WaitCauses.Paused : null;

    private void Sample()
    {
        lock (_lock)
        {
            if (LimitsAreSplit)
                SampleLanesLocked();
            else
                _batches.ForEach(CountLatenciesLocked);
            var seen = LookLocked();
            _waits.Add(SinceStart(), DescribeLocked(seen) with { PaceCause = _paceCause }, seen.WaitedForPace);
        }
    }

    private void CountLatenciesLocked(Batch batch) => batch.TellLatencies(_latencies.At(SinceStart()));

    private TimeSpan SinceStart() => Time.GetElapsedTime(_startedAt);

    private BatchObservation LookLocked()
    {
        var sum = new BatchObservation { Settled = _ended };
        foreach (var batch in _batches)
            sum += batch.Observe();
        var now = Time.GetUtcNow();
        var handedBack = 0;
        foreach (var (count, due) in _retriesHandedBack.Values)
            handedBack += due > now ? count : 0;
        return sum with { WaitingForRetry = sum.WaitingForRetry + handedBack, NotDue = sum.NotDue + handedBack };
    }

    private RunSituation DescribeLocked(in BatchObservation seen) =>
        DescribeLocked(seen, _allotment.Concurrency, Caps.Over(_allotment.Concurrency).Concurrency, Total - seen.Settled.Settled);

    private RunSituation DescribeLocked(in BatchObservation seen, int concurrency, int cap, long? left)
    {
        return new RunSituation
        {
            Concurrency = concurrency,
            Left = left,
            Reach = _batches.Count == 0 ? long.MaxValue : seen.Reach,
            ItemsInHandlers = seen.InFlight,
            // An item that counts for more places than there are has them all.
            UnitsInHandlers = Math.Min(seen.UnitsInFlight, Math.Max(concurrency, seen.InFlight)),
            Cap = cap,
            CapCause = Caps.Over(_allotment.Concurrency).Cause,
            IsEnding = _gate.Stop is not null || _gate.HostStopping,
            IsPaused = _gate.Paused,
            PaceCause = seen.WaitsForPace ? _paceCause : null,
            WaitingForRetry = seen.NotDue,
            RetriesAreFull = seen.RetriesAreFull,
            WaitingForKey = seen.WaitingForKey,
            WaitingForSource = seen.WaitingForSource,
        };
    }

    private void NoteTakenUpLocked(Batch batch)
    {
        _retriesHandedBack.Remove(batch.Lane);
        _retriesHandedBack.Remove(OfAnEarlierProcess);
    }

    private void NoteHandedBackLocked(Batch batch, in BatchObservation last)
    {
        if (last is { WaitingForRetry: > 0, NextRetry: { } due })
            _retriesHandedBack[batch.Lane] = (last.WaitingForRetry, due);
    }
}
