using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>Taking items and settling them.</summary>
internal sealed partial class Batch
{
    private enum Take
    {
        /// <summary>The worker has an item.</summary>
        Item,

        /// <summary>The reader has to load more first.</summary>
        Read,

        /// <summary>The part's buffer has to be written first.</summary>
        Write,

        /// <summary>There is nothing to take now.</summary>
        Nothing,

        /// <summary>The worker has lost its slot.</summary>
        SlotLost,
    }

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
        }

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
        if (_part is { ShouldHold: true })
            return Take.Write;
        if (_waiting.Count > 0 && _waiting.TryTakeDue(_scope.Time.GetUtcNow(), out var waiting))
        {
            worker.Hold(waiting);
            return Take.Item;
        }

        if (_rangeRead || _waiting.IsFull)
            return Take.Nothing;
        if (_fill is not null || !_reader!.TryRead(out var item))
            return Take.Read;
        _next = item.Index + 1;
        worker.Hold(item);
        return Take.Item;
    }

    // One worker's call loads for all of them.
    private async Task FillAsync()
    {
        Task<bool> fill;
        lock (_lock)
        {
            if (_rangeRead || _closing)
                return;
            fill = _fill ??= _reader!.WaitToReadAsync(CancellationToken.None).AsTask();
        }

        var more = await fill.ConfigureAwait(false);
        lock (_lock)
        {
            if (_fill != fill)
                return;
            _fill = null;
            if (!more)
            {
                _rangeRead = true;
                _next = Math.Max(_next, _input.End);
            }
        }
    }

    // True: the item did not succeed.
    private bool SettleLocked(Worker worker)
    {
        if (worker.Outcome is not { } outcome)
            return false;
        if (outcome.Disposition == Disposition.Settled)
        {
            var settled = Reduce(worker, outcome);
            _tally.Add(settled.Status, settled.Attempts);
            if (settled.Error is not null)
                _tally.AddError(worker.Item.Index, settled.Error);
            if (_part is not null && (settled.Status != OutcomeStatus.Succeeded || _scope.Spec.Results.Keep == KeepResults.All))
                _part.Append(worker.Line(settled), worker.Item.Index);
            worker.Drop();
            return settled.Status is OutcomeStatus.Failed or OutcomeStatus.TimedOut;
        }

        _waiting.Add(new WaitingItem(worker.KeepItem(), outcome.Attempts, outcome.NotBefore, outcome.Error));
        worker.Drop();
        ArmRetryTimer();
        return false;
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
    internal (ReadOnlyMemory<byte> Bytes, BatchCheckpoint Checkpoint) Snapshot()
    {
        lock (_lock)
        {
            var bytes = _part?.Swap() ?? ReadOnlyMemory<byte>.Empty;
            var unsettled = _waiting.Describe().Concat(_workers.Where(w => w.HoldsItem).Select(w => w.DescribeHeld()));
            return (bytes, new BatchCheckpoint(Parts(), _next, [.. unsettled], _tally.ToTally()));
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
            using var worker = new Worker(_scope, static () => { });
            foreach (var waiting in _waiting.TakeAll())
            {
                if (waiting.Attempts == 0)
                {
                    _waiting.Add(waiting);
                    continue;
                }

                worker.Hold(waiting);
                worker.Conclude(Outcome.Settled(OutcomeStatus.Cancelled, waiting.Attempts, TimeSpan.Zero, waiting.LastError ?? CancelledWhileWaiting));
                SettleLocked(worker);
            }
        }
    }

    private static ItemError CancelledWhileWaiting { get; } = new("Cancelled", "The run ended while the item waited for its next attempt.");
}
