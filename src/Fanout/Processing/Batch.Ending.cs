namespace Fanout.Processing;

/// <summary>The end of an execution: of its slice, by whoever closes it, or because nothing is left.</summary>
internal sealed partial class Batch
{
    // Shorter than a batch costs.
    private static readonly TimeSpan WorthStaying = TimeSpan.FromMilliseconds(100);

    // What takes longer than this need not be slow: its thread may have to wait for a processor.
    private static readonly TimeSpan ShortestGrain = TimeSpan.FromMilliseconds(100);

    private bool MayOutliveSlice => _varies && !_scope.LimitsAreSplit;

    private ITimer WatchSlice()
    {
        _sliceTimer = _scope.Time.CreateTimer(static batch => ((Batch)batch!).EndSlice(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _sliceTimer.Change(Slice, Timeout.InfiniteTimeSpan);
        return _sliceTimer;
    }

    // Handing the rest back means to wait for what is in flight, with nothing else of it started. One slow key must not hold up the others so:
    // while its item is in flight for long, and others are not done, the slice goes on. What has only begun gets that long to end, or to show
    // that it is slow. Where a platform bounds an activity's time the slice ends.
    private void EndSlice()
    {
        var grain = Slice / 10 > ShortestGrain ? Slice / 10 : ShortestGrain;
        bool ends, pauses;
        lock (_lock)
        {
            var slow = _workers.Where(worker => worker.IsHandlingFor(grain)).Select(worker => worker.Key).OfType<OpenKey>().ToHashSet();
            var others = _workers.Count(worker => worker.IsHandling || !_isEnding) - slow.Count;
            var goesOn = MayOutliveSlice && _feed.IsHeldUpBy(slow);
            ends = _closing || !(goesOn || (MayOutliveSlice && others > 0));
            _isEnding = pauses = !goesOn && !ends;
        }

        if (ends)
        {
            Close(BatchEnd.HandedBack);
            return;
        }

        _sliceTimer!.Change(grain, Timeout.InfiniteTimeSpan);
        if (pauses)
            GiveUpPaceTurn();
        WantSlots();
        CheckDrained();
    }

    /// <summary>Stops taking items. The first reason stays, but that the run is to end outweighs the others.</summary>
    /// <param name="end">The reason.</param>
    /// <param name="controlVersion">The control that it is for; 0: for none.</param>
    public void Close(BatchEnd end, long controlVersion = 0)
    {
        lock (_lock)
        {
            if ((end == BatchEnd.Stopped && !_isOver) || !_closing)
                _end = end;
            if (_closing)
                return;
            _closing = true;
            _pausedUnder = controlVersion;
            WantSlotsLocked();
        }

        GiveUpPaceTurn();
        _closed.Cancel();
        CheckDrained();
    }

    private void Abort()
    {
        Close(BatchEnd.HandedBack);
        _abort!.Fire();
    }

    private void CheckDrained()
    {
        lock (_lock)
        {
            if (_workers.Count > 0)
                return;
            var isDone = _feed.IsRangeTaken && IsNothingWorthStayingFor();
            if (_isEnding && !_closing && !isDone)
                _end = BatchEnd.HandedBack;
            else if (!_closing && _startsLeft > 0 && !isDone)
                return;
            _closing = true;
        }

        _drained.TrySetResult();
    }

    private bool IsNothingWorthStayingFor() =>
        _feed.HoldsNothing || (_input.MoreFollows && _feed.NextDue > _scope.Time.GetUtcNow() + WorthStaying);
}
