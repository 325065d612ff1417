namespace Fanout.Handlers.Exec;

/// <summary>
/// Threads that block for their process: made when no one is idle, kept until the end. Blocking is the cheapest way to wait for a process
/// (measured against epoll's and the thread pool's), and the pool's threads must not be blocked. A job's completion runs on its thread, and what
/// it starts next stays there: from process to process nothing is handed from thread to thread.
/// </summary>
internal sealed class ExecThreads(Func<Action<ExecJob>> makeWork) : IDisposable
{
    // .NET runs a completion on another thread when less than 128 KiB of stack are left.
    private const int StackBytes = 1024 * 1024;

    // The thread that completes a job just now, to the code that runs on it.
    [ThreadStatic]
    private static Seat? t_completing;

    private readonly Lock _lock = new();
    // Last in, first out: its caches are warm.
    private readonly Stack<Seat> _idle = new();
    private readonly List<Thread> _threads = [];
    private bool _disposed;

    /// <summary>Threads that have not ended yet.</summary>
    public int Live
    {
        get
        {
            lock (_lock)
                return _threads.Count(thread => thread.IsAlive);
        }
    }

    public void Start(ExecJob job)
    {
        Seat? seat;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (t_completing is { Next: null } own && own.Owner == this)
            {
                own.Next = job;
                return;
            }

            if (!_idle.TryPop(out seat))
                AddThread(job);
        }
        seat?.Put(job, stop: false);
    }

    /// <summary>Ends the threads. Those still at work end with their process.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (var seat in _idle)
                seat.Put(null, stop: true);
        }
        foreach (var thread in _threads)
            thread.Join();
    }

    private void AddThread(ExecJob first)
    {
        var thread = new Thread(Work, StackBytes) { IsBackground = true, Name = "fanout-exec" };
        thread.UnsafeStart(first);
        _threads.Add(thread);
    }

    private void Work(object? first)
    {
        var seat = new Seat(this);
        var work = makeWork();
        for (var job = (ExecJob?)first; job is not null; job = seat.TakeNext() ?? (IsIdle(seat) ? seat.Take() : null))
        {
            var outcome = Try(work, job);
            t_completing = seat;
            Complete(job, outcome);
            t_completing = null;
        }
    }

    // False: the threads end.
    private bool IsIdle(Seat seat)
    {
        lock (_lock)
        {
            if (!_disposed)
                _idle.Push(seat);
            return !_disposed;
        }
    }

    private static Exception? Try(Action<ExecJob> work, ExecJob job)
    {
        try
        {
            work(job);
            return null;
        }
#pragma warning disable CA1031 // it becomes the job's failure
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private static void Complete(ExecJob job, Exception? outcome)
    {
        if (outcome is null)
            job.SetResult();
        else if (outcome is OperationCanceledException canceled)
            job.SetCanceled(canceled.CancellationToken);
        else
            job.SetException(outcome);
    }

    /// <summary>Where an idle thread waits for its next job.</summary>
    private sealed class Seat(ExecThreads owner)
    {
        private readonly object _gate = new();
        private ExecJob? _job;
        private bool _stop;

        public ExecThreads Owner { get; } = owner;

        /// <summary>What the completion of its last job started; its own thread's alone.</summary>
        public ExecJob? Next { get; set; }

        public ExecJob? TakeNext()
        {
            var next = Next;
            Next = null;
            return next;
        }

        public void Put(ExecJob? job, bool stop)
        {
            lock (_gate)
            {
                _job = job;
                _stop = stop;
                Monitor.Pulse(_gate);
            }
        }

        /// <summary>Null: there is no more.</summary>
        public ExecJob? Take()
        {
            lock (_gate)
            {
                while (_job is null && !_stop)
                    Monitor.Wait(_gate);
                var job = _job;
                _job = null;
                return job;
            }
        }
    }
}
