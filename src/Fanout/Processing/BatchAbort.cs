namespace Fanout.Processing;

/// <summary>Stops the handlers of one batch that was taken from its worker, while the run's other batches go on. Fires with the run's handlers too.</summary>
internal sealed class BatchAbort : IDisposable
{
    private readonly RunScope _scope;
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationTokenSource _abandon;
    private readonly ITimer _abandoning;

    public BatchAbort(RunScope scope)
    {
        _scope = scope;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(scope.HandlersCancelled);
        _abandon = CancellationTokenSource.CreateLinkedTokenSource(scope.HandlersAbandoned);
        _abandoning = scope.Time.CreateTimer(
            static abort => ((BatchAbort)abort!).Abandon(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public HandlerTokens Tokens => new(_cancel.Token, _abandon.Token);

    /// <summary>It was fired for this batch alone.</summary>
    public bool IsFired { get; private set; }

    public void Fire()
    {
        IsFired = true;
        _abandoning.Change(RunScope.AbandonAfter, Timeout.InfiniteTimeSpan);
        try
        {
            _cancel.Cancel();
        }
        catch (AggregateException failed)
        {
            _scope.NoteFailedCallback(failed);
        }
    }

    private void Abandon()
    {
        try
        {
            _abandon.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The batch has ended in this moment.
        }
    }

    public void Dispose()
    {
        _abandoning.Dispose();
        _cancel.Dispose();
        _abandon.Dispose();
    }
}
