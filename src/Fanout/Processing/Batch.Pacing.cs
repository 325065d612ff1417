namespace Fanout.Processing;

/// <summary>What a worker waits for between taking an item and handling it: the item's units, and the pacer.</summary>
internal sealed partial class Batch
{
    // The longest a timer can be set for is 49 days; a debt can be longer.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

    // Only the worker that stands before the pacer takes an item, so that nothing is taken that may not start soon. It may wait for the item's
    // units meanwhile: whoever has them does not wait for the turn.
    private async ValueTask<Take> TakePacedAsync(Worker worker)
    {
        Settle(worker);
        if (!TryEnterPaceTurn())
            return Take.Nothing;
        try
        {
            var take = _scope.Costs is null ? SettleAndTake(worker) : await TakeWithUnitsAsync(worker).ConfigureAwait(false);
            if (take == Take.Item && !await WaitForPaceAsync(worker.Cost).ConfigureAwait(false))
                return PutBack(worker);
            NoteStart(worker);
            return take;
        }
        finally
        {
            LeavePaceTurn();
        }
    }

    private async ValueTask<Take> TakeWithUnitsAsync(Worker worker)
    {
        var take = SettleAndTake(worker);
        if (take != Take.Item)
            return take;
        worker.ReadCost(_scope.Costs!);
        if (worker.Cost == 1)
            return take;
        var units = _slots.TryExchange(worker.Cost);
        worker.Units = units > 0 ? units : await _slots.ExchangeAsync(worker.Cost, _closed.Token).ConfigureAwait(false);
        if (worker.Units > 0)
        {
            NoteStart(worker);
            return take;
        }

        // The batch closed first.
        PutBack(worker);
        return Take.SlotLost;
    }

    private void NoteStart(Worker worker)
    {
        if (worker.Key is null)
            return;
        lock (_lock)
            _feed.NoteStart(worker);
    }

    private void GiveUnitsBack(Worker worker)
    {
        if (worker.Units == 1)
            return;
        _slots.Reduce(worker.Units);
        worker.Units = 1;
    }

    private static Take PutBack(Worker worker)
    {
        worker.Conclude(Outcome.PutBack(worker.Attempts));
        return Take.Nothing;
    }

    private bool TryEnterPaceTurn()
    {
        // Before it is asked for: the call may come at once.
        lock (_lock)
            _paceTurn = PaceTurn.Awaited;
        if (!_scope.PaceTurns.TryEnter(this))
            return false;
        lock (_lock)
            _paceTurn = PaceTurn.Taken;
        return true;
    }

    private void LeavePaceTurn()
    {
        lock (_lock)
            _paceTurn = PaceTurn.None;
        _scope.PaceTurns.Leave();
        WantSlots();
    }

    /// <summary>It is this batch's turn before the pacer: a worker is wanted.</summary>
    internal void OnPaceTurn()
    {
        bool isWanted;
        lock (_lock)
        {
            if (_paceTurn == PaceTurn.Awaited)
                _paceTurn = PaceTurn.None;
            isWanted = IsAnotherOfUse();
        }

        if (isWanted)
            WantSlots();
        // Where there is no rate any more nobody comes for the turn.
        if (!isWanted || !_pace.IsLimited)
            _scope.PaceTurns.Pass(this);
    }

    // A turn that was given to a batch which takes nothing would be nobody's until its last item in flight has ended.
    private void GiveUpPaceTurn()
    {
        lock (_lock)
        {
            if (_paceTurn == PaceTurn.Awaited)
                _paceTurn = PaceTurn.None;
        }

        _scope.PaceTurns.Remove(this);
    }

    private async ValueTask<bool> WaitForPaceAsync(int units)
    {
        // A back-off retunes the pacer, which calls the waiter; the start is left to who comes after it.
        while (!_closed.IsCancellationRequested && !_scope.BackOff.IsBlocked)
        {
            if (_pace.TryTake(units, out var wait))
                return true;
            _scope.PaceCause = wait.Cause;
            _paceWaits.Begin();
            try
            {
                // Shorter than a timer's grain: the thread is given up, and the pacer asked again.
                if (wait.Time < TimerGrain)
                    await Task.Yield();
                else
                    await wait.Changed.WaitAsync(wait.Time < LongestWait ? wait.Time : LongestWait, _scope.Time, _closed.Token).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The wait is over.
            }
            catch (OperationCanceledException)
            {
                break;
            }
            finally
            {
                _paceWaits.End();
            }
        }

        _pace.StepBack();
        return false;
    }
}
