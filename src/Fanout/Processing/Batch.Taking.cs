namespace Fanout.Processing;

/// <summary>Taking items and settling them.</summary>
internal sealed partial class Batch
{
    /// <summary>Makes room for the next item in hand: settles the last one, if any.</summary>
    private Take SettleAndTake(Worker worker)
    {
        Take take;
        bool wake;
        bool unsuccessful;
        lock (_lock)
        {
            unsuccessful = SettleLocked(worker);
            wake = _part is { ShouldWake: true };
            take = TakeLocked(worker);
            if (_varies && take == Take.Item)
                WantMoreLocked();
        }

        SetRetryTimer();
        if (wake)
            _journal.Wake();
        if (unsuccessful)
            _scope.NoteUnsuccessful();
        return take;
    }

    private Take TakeLocked(Worker worker)
    {
        // The gate closes a moment before it has closed every batch; whoever comes in between is late already.
        if (_closing || !_scope.Gate.IsOpen)
            return Take.Nothing;
        if (_isEnding || _startsLeft == 0)
            return Take.Nothing;
        if (_part is { ShouldHold: true })
            return Take.Write;
        var take = _feed.Take(worker);
        if (take == Take.Item)
            _startsLeft--;
        return take;
    }

    // What settles may let its key go on, and more than the worker at hand can be of use. Or this was the last that may start now: there may
    // be no worker left who finds nothing and arms the timer for the next.
    private void WantMoreLocked()
    {
        if (_closing)
            return;
        if (WantedSlots() > _wanted)
            WantSlotsLocked();
        PlanRetryLocked();
    }

    // One worker's call loads for all of them.
    private async Task FillAsync()
    {
        Task fill;
        lock (_lock)
        {
            if (_closing)
                return;
            fill = _fill ??= _feed.BeginLoad();
        }

        await fill.ConfigureAwait(false);
        lock (_lock)
        {
            if (_fill != fill)
                return;
            _fill = null;
            _feed.EndLoad();
        }
    }

    // True: the item did not succeed.
    private bool SettleLocked(Worker worker)
    {
        if (worker.Outcome is not { } outcome)
            return false;
        if (worker.LastEnd != AttemptEnd.None)
            _latencies.Add(outcome.Duration);
        if (outcome.Disposition == Disposition.Settled)
        {
            var settled = Reduce(worker, outcome);
            _tally.Add(settled.Status, settled.Attempts);
            if (settled.Error is not null)
                _tally.AddError(worker.Item.Index, settled.Error);
            if (_part is not null && (settled.Status != OutcomeStatus.Succeeded || _scope.Spec.Results.Keep == KeepResults.All))
                _part.Append(worker.Line(settled), worker.Item.Index);
            LetGo(worker);
            return settled.Status is OutcomeStatus.Failed or OutcomeStatus.TimedOut;
        }

        // What is only put back was not tried.
        if (outcome.Error is not null)
            _retries++;
        _feed.Wait(worker, outcome);
        LetGo(worker);
        PlanRetryLocked();
        return false;
    }

    private void LetGo(Worker worker)
    {
        if (worker.Key is { } key)
        {
            NoteEnd(worker, key);
            if (worker.Abandoned is null)
                _feed.Release(key, worker.KeyUnits);
        }

        worker.Drop();
    }

    private Outcome Reduce(Worker worker, Outcome outcome)
    {
        if (_scope.Reduction is null || outcome.Status != OutcomeStatus.Succeeded)
            return outcome;
        try
        {
            _tally.Reduce(worker.Output);
            return outcome;
        }
#pragma warning disable CA1031 // A reducer is the user's code: whatever it throws fails the item, not the batch.
        catch (Exception refused)
#pragma warning restore CA1031
        {
            var (error, _, _, _) = Handlers.HandlerErrors.Describe(refused);
            return outcome with { Status = OutcomeStatus.Failed, Error = error };
        }
    }

    /// <summary>What is durable once the buffer of this moment is written.</summary>
    /// <param name="last">True: the execution is over.</param>
    internal (ReadOnlyMemory<byte> Bytes, BatchCheckpoint Checkpoint) Snapshot(bool last)
    {
        var aborted = _abort is { IsFired: true };
        lock (_lock)
        {
            var bytes = _part?.Swap() ?? ReadOnlyMemory<byte>.Empty;
            var unsettled = _feed.DescribeWaiting().Concat(_workers.Where(w => w.HoldsItem).Select(w => w.DescribeHeld()));
            return (bytes, new BatchCheckpoint(Parts(), _feed.Next, [.. unsettled], _tally.ToTally())
            {
                Keys = _feed.DescribeKeys(),
                At = _scope.Time.GetUtcNow(),
                PaceArrival = PaceArrival(),
                IsAlone = _input.Isolated,
                Ending = last && !aborted && _fault is null ? EndingLocked() : null,
                Survived = last && aborted,
            });
        }
    }

    // A run that is to end leaves nothing behind that was started: it settles as cancelled.
    private void SettleWaitingAsCancelled()
    {
        lock (_lock)
        {
            // A stop that comes later than this is the next batch's.
            _isOver = true;
            if (_end != BatchEnd.Stopped)
                return;
            using var worker = NewWorker();
            foreach (var waiting in _feed.TakeTried())
            {
                worker.Hold(waiting);
                worker.Conclude(Outcome.Settled(OutcomeStatus.Cancelled, waiting.Attempts, TimeSpan.Zero, waiting.LastError ?? CancelledWhileWaiting));
                SettleLocked(worker);
            }
        }
    }

    private static ItemError CancelledWhileWaiting { get; } = new("Cancelled", "The run ended while the item waited for its next attempt.");
}
