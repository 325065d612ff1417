using System.Diagnostics;

namespace Fanout.Processing;

/// <summary>The worker loop.</summary>
internal sealed partial class Batch
{
    // A worker that never waits gives its thread up this often, so that timers, checkpoints and the engine's turns are not starved.
    private static readonly TimeSpan YieldEvery = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

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
            switch (_pace.IsLimited ? await TakePacedAsync(worker).ConfigureAwait(false) : SettleAndTake(worker))
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

    // Only the worker that stands before the pacer takes an item, so that nothing is taken that may not start soon.
    private async ValueTask<Take> TakePacedAsync(Worker worker)
    {
        Settle(worker);
        if (!TryEnterPaceTurn())
            return Take.Nothing;
        try
        {
            var take = SettleAndTake(worker);
            if (take == Take.Item && !await WaitForPaceAsync().ConfigureAwait(false))
            {
                worker.Conclude(Outcome.PutBack(worker.Attempts));
                return Take.Nothing;
            }

            return take;
        }
        finally
        {
            LeavePaceTurn();
        }
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
        bool hasItems;
        lock (_lock)
        {
            if (_paceTurn == PaceTurn.Awaited)
                _paceTurn = PaceTurn.None;
            hasItems = !_closing && WantedSlots() > _workers.Count;
        }

        if (hasItems)
            WantSlots();
        else
            _scope.PaceTurns.Remove(this);
    }

    private async ValueTask<bool> WaitForPaceAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            if (_pace.TryTake(1, out var wait))
                return true;
            _scope.PaceCause = wait.Cause;
            Interlocked.Increment(ref _waitsForPace);
            try
            {
                // Shorter than a timer's grain: the thread is given up, and the pacer asked again.
                if (wait.Time < TimerGrain)
                    await Task.Yield();
                else
                    await wait.Changed.WaitAsync(wait.Time, _scope.Time, _closed.Token).ConfigureAwait(false);
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
                Interlocked.Decrement(ref _waitsForPace);
            }
        }

        _pace.StepBack();
        return false;
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
            wanted = _closing ? 0 : WantedSlots();
            if (!_closing)
                ArmRetryTimer();
        }

        _slots.Want(wanted);
        if (worker.Abandoned is { } handler)
            _ = handler.ContinueWith(static (_, slots) => ((Flow.SlotClient)slots!).Release(), _slots, TaskScheduler.Default);
        else if (keepsSlot)
            _slots.Release();
        worker.Dispose();
        CheckDrained();
    }
}
