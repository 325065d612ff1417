namespace Fanout.Simulation.Runs;

/// <summary>
/// Lets time pass when nothing can run. It takes its turns on the thread pool's only thread: whatever was there before it has been done when its turn comes, so
/// that nothing pending is nothing at all.
/// </summary>
/// <param name="time">The time.</param>
/// <param name="until">What has not ended by then never will.</param>
/// <param name="work">What it is for.</param>
internal sealed class TimePump(VirtualTime time, DateTimeOffset until, Task work) : IThreadPoolWorkItem, IDisposable
{
    // Who waits less than a timer's grain asks for the time again and again: that takes time as well.
    private const int MostTurns = 100;
    private static readonly TimeSpan Spinning = TimeSpan.FromMilliseconds(0.2);

    private readonly ManualResetEventSlim _end = new();
    private int _turns;

    /// <summary>True: it was at its end when there was nothing left to wait for, or no time.</summary>
    public bool Stalled { get; private set; }

    /// <summary>Runs the work to its end, in this thread's place.</summary>
    public void Run()
    {
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        _end.Wait();
    }

    public void Execute()
    {
        var isOver = false;
        if (ThreadPool.PendingWorkItemCount > 0)
        {
            if (++_turns % MostTurns == 0)
                time.Advance(Spinning);
        }
        else
        {
            _turns = 0;
            Stalled = !work.IsCompleted && (time.Now > until || !time.FireNext());
            isOver = Stalled || work.IsCompleted;
        }

        if (isOver)
            _end.Set();
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Dispose() => _end.Dispose();
}
