namespace Fanout.Processing;

/// <summary>
/// The token of attempts that may take only so long, one after another: cancelled when the time is over, or with the batch's handlers. Unlike
/// <see cref="CancellationTokenSource.CancelAfter(TimeSpan)"/> it survives callbacks that throw, which would end the process.
/// </summary>
internal sealed class AttemptTimeout : IDisposable
{
    private readonly RunScope _scope;
    private readonly TimeSpan _limit;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _link;
    private readonly ITimer _timer;
    private long _startedAt;
    private bool _isRunning;
    private bool _isOver;

    public AttemptTimeout(RunScope scope, TimeSpan limit, CancellationToken handlersCancelled)
    {
        _scope = scope;
        _limit = limit;
        _timer = scope.Time.CreateTimer(static timeout => ((AttemptTimeout)timeout!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _link = handlersCancelled.UnsafeRegister(static timeout => ((AttemptTimeout)timeout!).Cancel(), this);
    }

    /// <summary>The attempt's time is over, or the run's handlers are cancelled.</summary>
    public bool IsCancelled => _source.IsCancellationRequested;

    /// <summary>An attempt begins.</summary>
    public CancellationToken Start()
    {
        lock (_lock)
        {
            _isRunning = true;
            _startedAt = _scope.Time.GetTimestamp();
            _timer.Change(_limit, Timeout.InfiniteTimeSpan);
        }

        return _source.Token;
    }

    /// <summary>The attempt has ended. False: the token was cancelled, and another attempt needs another.</summary>
    public bool TryReset()
    {
        lock (_lock)
        {
            _isRunning = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return !_isOver && _source.TryReset();
        }
    }

    public void Dispose()
    {
        _link.Dispose();
        _timer.Dispose();
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (!_isRunning)
                return;
            // A timer that was late for the attempt before, or early by its clock's grain.
            var left = _limit - _scope.Time.GetElapsedTime(_startedAt);
            if (left > TimeSpan.Zero)
            {
                _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                return;
            }

            _isOver = true;
        }

        Cancel();
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException failed)
        {
            _scope.NoteFailedCallback(failed);
        }
    }
}
