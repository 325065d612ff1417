namespace Fanout.Embedded.Execution;

/// <summary>
/// Keeps an orchestrator's continuations on the thread of its turn: they are queued here and run, one after another, by the turn itself.
/// Whatever is posted from elsewhere comes from a task the engine knows nothing of.
/// </summary>
internal sealed class TurnSynchronizationContext(Action onForeign) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _continuations = new();
    private volatile int _turnThread;

    /// <summary>True on the thread of a turn under way; elsewhere false, and the foreigner is reported.</summary>
    public bool CheckOnTurn()
    {
        if (_turnThread == Environment.CurrentManagedThreadId)
            return true;
        onForeign();
        return false;
    }

    /// <summary>Runs <paramref name="turn"/> as the turn's thread.</summary>
    public void Run(Action turn)
    {
        var before = Current;
        _turnThread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            turn();
        }
        finally
        {
            SetSynchronizationContext(before);
            _turnThread = 0;
        }
    }

    /// <summary>Runs queued continuations, and those they queue, until there are none or <paramref name="until"/> says so.</summary>
    public void Drain(Func<bool> until)
    {
        while (!until() && _continuations.TryDequeue(out var next))
            next.Callback(next.State);
    }

    /// <summary>
    /// Completes a task outside this context: continuations that asked for the context are queued, and those that did not
    /// (<c>ConfigureAwait(false)</c>) run here and now instead of on the thread pool.
    /// </summary>
    public static void Complete(Action complete)
    {
        var before = Current;
        SetSynchronizationContext(null);
        try
        {
            complete();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (CheckOnTurn())
            _continuations.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("An orchestrator's context cannot be sent to.");

    public override SynchronizationContext CreateCopy() => this;
}
