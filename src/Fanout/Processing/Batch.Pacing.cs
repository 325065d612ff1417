namespace Fanout.Processing;

/// <summary>What a worker waits for between taking an item and handling it: the item's units, and the pacer.</summary>
internal sealed partial class Batch
{
    // The longest a timer can be set for is 49 days; a debt can be longer.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // One worker at a time stands before the pacer; only then does it take an item, so that nothing is taken that may not start soon.
    private async ValueTask<Take> TakePacedAsync(Worker worker)
    {
        Settle(worker);
        if (!await EnterPaceTurnAsync().ConfigureAwait(false))
            return Take.Nothing;
        try
        {
            // The turn may have been long in coming; meanwhile someone may need the slot.
            if (!_slots.TryKeep())
                return Take.SlotLost;
            var take = SettleAndTake(worker);
            if (take != Take.Item || TryTakeUnits(worker))
                return take == Take.Item ? await PaceAsync(worker).ConfigureAwait(false) : take;
        }
        finally
        {
            _scope.PaceTurn.Release();
        }

        // Not with the turn: who has the units may be waiting for it.
        if (!await WaitForUnitsAsync(worker).ConfigureAwait(false))
            return Take.SlotLost;
        if (!await EnterPaceTurnAsync().ConfigureAwait(false))
            return PutBack(worker);
        try
        {
            return await PaceAsync(worker).ConfigureAwait(false);
        }
        finally
        {
            _scope.PaceTurn.Release();
        }
    }

    private async ValueTask<Take> TakeWithUnitsAsync(Worker worker)
    {
        var take = SettleAndTake(worker);
        if (take != Take.Item || TryTakeUnits(worker))
            return take;
        return await WaitForUnitsAsync(worker).ConfigureAwait(false) ? Take.Item : Take.SlotLost;
    }

    private bool TryTakeUnits(Worker worker)
    {
        if (_scope.Costs is not { } costs)
            return true;
        worker.ReadCost(costs);
        if (worker.Cost == 1)
            return true;
        var units = _slots.TryExchange(worker.Cost);
        if (units > 0)
            worker.Units = units;
        return units > 0;
    }

    // False: the batch closed first; the item goes back, and the slot is gone.
    private async ValueTask<bool> WaitForUnitsAsync(Worker worker)
    {
        worker.Units = await _slots.ExchangeAsync(worker.Cost, _closed.Token).ConfigureAwait(false);
        if (worker.Units == 0)
            PutBack(worker);
        return worker.Units > 0;
    }

    private void GiveUnitsBack(Worker worker)
    {
        if (worker.Units == 1)
            return;
        _slots.Reduce(worker.Units);
        worker.Units = 1;
    }

    private void ReleaseAfter(Task handler, int units) =>
        _ = handler.ContinueWith(_ => _slots.Release(units), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async ValueTask<Take> PaceAsync(Worker worker) =>
        await WaitForPaceAsync(worker.Cost).ConfigureAwait(false) ? Take.Item : PutBack(worker);

    private static Take PutBack(Worker worker)
    {
        worker.Conclude(Outcome.PutBack(worker.Attempts));
        return Take.Nothing;
    }

    private async ValueTask<bool> EnterPaceTurnAsync()
    {
        try
        {
            await _scope.PaceTurn.WaitAsync(_closed.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask<bool> WaitForPaceAsync(int units)
    {
        while (!_closed.IsCancellationRequested)
        {
            var retuned = _pacer.Retuned;
            if (_pacer.TryTake(units, out var wait))
                return true;
            Interlocked.Increment(ref _waitsForPace);
            try
            {
                await retuned.WaitAsync(wait < LongestWait ? wait : LongestWait, _scope.Time, _closed.Token).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The wait is over.
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            finally
            {
                Interlocked.Decrement(ref _waitsForPace);
            }
        }

        return false;
    }
}
