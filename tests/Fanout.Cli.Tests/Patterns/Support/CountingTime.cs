namespace Fanout.Cli.Tests.Patterns.Support;

/// <summary>The system's clock; knows how many of its timers are alive.</summary>
internal sealed class CountingTime : TimeProvider
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _none = new();
    private int _alive;

    public int Created { get; private set; }

    /// <summary>Completes when no timer is alive: .NET disposes of a wait's timer just after it has let the waiting code go on.</summary>
    public Task WhenNoneIsAliveAsync()
    {
        lock (_lock)
            return _alive == 0 ? Task.CompletedTask : _none.Task;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            Created++;
            if (_alive++ == 0)
                _none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new CountedTimer(this, System.CreateTimer(callback, state, dueTime, period));
    }

    private void NoteDisposed()
    {
        lock (_lock)
        {
            if (--_alive == 0)
                _none.SetResult();
        }
    }

    private sealed class CountedTimer(CountingTime time, ITimer timer) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            NoteDisposed();
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            NoteDisposed();
        }

        private void NoteDisposed()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                time.NoteDisposed();
        }
    }
}
