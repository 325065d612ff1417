namespace Fanout.Dispatch;

/// <summary>
/// Shares a process among batches: any number of ordinary ones at once, or one that is worked alone. In the order they came, so that one that is to
/// be alone waits for those before it and holds up those behind it.
/// </summary>
internal sealed class AloneGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _waiting = new();
    private int _inside;
    private bool _isAlone;

    /// <summary>Waits for its turn; disposing it ends the turn.</summary>
    public async Task<IDisposable> EnterAsync(bool alone, CancellationToken cancellationToken)
    {
        var turn = new Turn(this, alone);
        lock (_lock)
        {
            _waiting.AddLast(turn);
            AdmitLocked();
        }

        try
        {
            await turn.Admitted.WaitAsync(cancellationToken).ConfigureAwait(false);
            return turn;
        }
        catch
        {
            Abandon(turn);
            throw;
        }
    }

    /// <summary>Completes when an ordinary batch could be worked.</summary>
    public async Task WhenOpenAsync(CancellationToken cancellationToken) => (await EnterAsync(alone: false, cancellationToken).ConfigureAwait(false)).Dispose();

    private void Abandon(Turn turn)
    {
        bool wasWaiting;
        lock (_lock)
        {
            wasWaiting = _waiting.Remove(turn);
            AdmitLocked();
        }

        if (!wasWaiting)
            turn.Dispose();
    }

    private void Leave()
    {
        lock (_lock)
        {
            _inside--;
            _isAlone = false;
            AdmitLocked();
        }
    }

    private void AdmitLocked()
    {
        while (_waiting.First is { Value: var next } && !_isAlone && !(next.IsAlone && _inside > 0))
        {
            _waiting.RemoveFirst();
            _inside++;
            _isAlone = next.IsAlone;
            next.Admit();
        }
    }

    private sealed class Turn(AloneGate gate, bool alone) : IDisposable
    {
        private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isOver;

        public bool IsAlone => alone;

        public Task Admitted => _admitted.Task;

        public void Admit() => _admitted.SetResult();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                gate.Leave();
        }
    }
}
