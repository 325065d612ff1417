using System.Diagnostics;

namespace Fanout.Processing;

/// <summary>The worker loop.</summary>
internal sealed partial class Batch
{
    // A worker that never waits gives its thread up this often, so that timers, checkpoints and the engine's turns are not starved.
    private static readonly TimeSpan YieldEvery = TimeSpan.FromMilliseconds(2);

    // Entered holding a slot.
    private async Task RunWorkerAsync()
    {
        var worker = new Worker(_scope, NoteHandlerAwaits);
        bool tooLate;
        lock (_lock)
        {
            // The slot may have been granted just before the batch closed.
            tooLate = _closing;
            if (!tooLate)
                _workers.Add(worker);
        }

        if (tooLate)
        {
            _slots.Release();
            worker.Dispose();
            return;
        }

        var keepsSlot = true;
        try
        {
            keepsSlot = await WorkAsync(worker).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever goes wrong outside a handler ends the batch; RunAsync throws it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Fail(fault);
        }

        Retire(worker, keepsSlot);
    }

    // False: the slot was taken back.
    private async Task<bool> WorkAsync(Worker worker)
    {
        var runningSince = _scope.Time.GetTimestamp();
        while (true)
        {
            switch (_pacer.IsLimited ? await TakePacedAsync(worker).ConfigureAwait(false) : SettleAndTake(worker))
            {
                case Take.Read:
                    await FillAsync().ConfigureAwait(false);
                    continue;
                case Take.Write:
                    await _journal.WhenWrittenAsync().ConfigureAwait(false);
                    continue;
                case Take.Nothing:
                    return true;
                case Take.Item:
                    break;
                default:
                    throw new UnreachableException();
            }

            var handled = worker.HandleAsync();
            var waits = !handled.IsCompleted;
            await handled.ConfigureAwait(false);
            // A failure may be one too many: it counts before anything is taken after it, or its slot goes to anyone.
            if (worker.Outcome is { Error: not null })
                Settle(worker);
            if (worker.Abandoned is not null)
                return true;
            if (!_slots.TryKeep())
                return false;
            if (waits)
            {
                runningSince = _scope.Time.GetTimestamp();
            }
            else if (worker.HandlingSince - runningSince > YieldEvery.Ticks * (_scope.Time.TimestampFrequency / TimeSpan.TicksPerSecond))
            {
                await Task.Yield();
                runningSince = _scope.Time.GetTimestamp();
            }
        }
    }

    // One worker at a time stands before the pacer; only then does it take an item, so that nothing is taken that may not start soon.
    private async ValueTask<Take> TakePacedAsync(Worker worker)
    {
        Settle(worker);
        try
        {
            await _scope.PaceTurn.WaitAsync(_closed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Take.Nothing;
        }

        try
        {
            var take = SettleAndTake(worker);
            if (take == Take.Item && !await WaitForPaceAsync().ConfigureAwait(false))
            {
                worker.Conclude(Outcome.PutBack(worker.Attempts));
                return Take.Nothing;
            }

            if (worker.Key is not null)
                NoteStart(worker);
            return take;
        }
        finally
        {
            _scope.PaceTurn.Release();
        }
    }

    private async ValueTask<bool> WaitForPaceAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            var retuned = _pacer.Retuned;
            if (_pacer.TryTake(out var wait))
                return true;
            Interlocked.Increment(ref _waitsForPace);
            try
            {
                await retuned.WaitAsync(wait, _scope.Time, _closed.Token).ConfigureAwait(false);
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

    private void NoteStart(Worker worker)
    {
        lock (_lock)
            _feed.NoteStart(worker);
    }

    private void ReleaseKey(OpenKey key)
    {
        lock (_lock)
            _feed.Release(key);
        WantSlots();
    }

    private void Settle(Worker worker)
    {
        bool unsuccessful;
        lock (_lock)
            unsuccessful = SettleLocked(worker);
        if (unsuccessful)
            _scope.NoteUnsuccessful();
    }

    private void Retire(Worker worker, bool keepsSlot)
    {
        Settle(worker);
        int wanted;
        lock (_lock)
        {
            _workers.Remove(worker);
            _wanted = wanted = _closing ? 0 : WantedSlots();
            if (!_closing)
                ArmRetryTimer();
        }

        _slots.Want(wanted);
        if (worker is { Abandoned: { } left, AbandonedKey: { } key })
            _ = left.ContinueWith(_ => ReleaseKey(key), TaskScheduler.Default);
        if (worker.Abandoned is { } handler)
            _ = handler.ContinueWith(static (_, slots) => ((Flow.SlotClient)slots!).Release(), _slots, TaskScheduler.Default);
        else if (keepsSlot)
            _slots.Release();
        worker.Dispose();
        CheckDrained();
    }
}
