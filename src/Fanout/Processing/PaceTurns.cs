namespace Fanout.Processing;

/// <summary>
/// One worker of a run at a time stands before the pacer, holding a slot and an item that is to start next. The others hold neither while they
/// wait: their batches are called in turn. Slots of a limit are so left to the runs that can use them.
/// </summary>
internal sealed class PaceTurns
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Batch> _queue = new();
    private bool _isTaken;
    private Batch? _called;

    /// <summary>A worker of the batch comes before the pacer. False: it is not the batch's turn; it is called when it is.</summary>
    public bool TryEnter(Batch batch)
    {
        lock (_lock)
        {
            if (!_isTaken && (_called is null || _called == batch))
            {
                _called = null;
                _isTaken = true;
                return true;
            }

            if (_called != batch && !_queue.Contains(batch))
                _queue.AddLast(batch);
            return false;
        }
    }

    /// <summary>The worker before the pacer has started its item, or given up.</summary>
    public void Leave()
    {
        Batch? next;
        lock (_lock)
        {
            _isTaken = false;
            next = CallNext();
        }

        next?.OnPaceTurn();
    }

    /// <summary>The batch was called and has no use for the turn. One that came to wait again meanwhile goes on waiting.</summary>
    public void Pass(Batch batch)
    {
        Batch? next = null;
        lock (_lock)
        {
            if (_called == batch)
            {
                _called = null;
                next = CallNext();
            }
        }

        next?.OnPaceTurn();
    }

    /// <summary>The batch starts nothing more.</summary>
    public void Remove(Batch batch)
    {
        lock (_lock)
            _queue.Remove(batch);
        Pass(batch);
    }

    private Batch? CallNext()
    {
        if (_isTaken || _called is not null || _queue.First is not { } first)
            return null;
        _queue.RemoveFirst();
        return _called = first.Value;
    }
}
