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
        _trace?.Enter();
        using var logged = _scope.Logger.BeginScope(_logScope);
        var worker = NewWorker();
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
            switch (_pace.IsLimited ? await TakePacedAsync(worker).ConfigureAwait(false)
                : _scope.Costs is null ? SettleAndTake(worker)
                : await TakeWithUnitsAsync(worker).ConfigureAwait(false))
            {
                case Take.Read:
                    await FillAsync().ConfigureAwait(false);
                    continue;
                case Take.Write:
                    await _journal.WhenWrittenAsync().ConfigureAwait(false);
                    continue;
                case Take.Nothing:
                    return true;
                case Take.SlotLost:
                    return false;
                case Take.Item:
                    break;
                default:
                    throw new UnreachableException();
            }

            // It may have been taken, or waited for its turn, when the back-off came.
            if (_scope.BackOff.IsBlocked)
            {
                PutBack(worker);
                return true;
            }

            var handled = worker.HandleAsync();
            var waits = !handled.IsCompleted;
            await handled.ConfigureAwait(false);
            NoteEnd(worker);
            // A failure may be one too many: it counts before anything is taken after it, or its slot goes to anyone.
            if (worker.Outcome is { Error: not null })
                Settle(worker);
            if (worker.Abandoned is not null)
                return true;
            GiveUnitsBack(worker);
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

    private Worker NewWorker() => new(_scope, NoteHandlerAwaits) { Tokens = _abort?.Tokens ?? _scope.HandlerTokens, Refusal = _refusal, Trace = _trace };

    private void Settle(Worker worker)
    {
        bool unsuccessful;
        lock (_lock)
            unsuccessful = SettleLocked(worker);
        SetRetryTimer();
        if (unsuccessful)
            _scope.NoteUnsuccessful();
    }

    private void Retire(Worker worker, bool keepsSlot)
    {
        Settle(worker);
        var left = worker.Abandoned;
        lock (_lock)
        {
            _workers.Remove(worker);
            _leftBehind += left is null ? 0 : 1;
        }

        WantSlots();
        if (left is not null)
            ReleaseAfter(left, worker.Units, worker.AbandonedKey, worker.KeyUnits);
        else if (keepsSlot)
            _slots.Release(worker.Units);
        worker.Dispose();
        CheckDrained();
    }

    private void ReleaseAfter(Task handler, int units, OpenKey? key, int keyUnits) =>
        _ = handler.ContinueWith(_ => ReleaseLeft(units, key, keyUnits), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    // What a key waited for may have been the last thing the batch waited for.
    private void ReleaseLeft(int units, OpenKey? key, int keyUnits)
    {
        lock (_lock)
        {
            _leftBehind--;
            if (key is not null)
                _feed.Release(key, keyUnits);
        }

        WantSlots();
        _slots.Release(units);
        CheckDrained();
    }
}
