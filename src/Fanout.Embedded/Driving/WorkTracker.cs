namespace Fanout.Embedded.Driving;

/// <summary>Starts work and knows when none of it is left, so that nothing outlives whoever started it.</summary>
/// <param name="scheduler">Where the work runs.</param>
/// <param name="onError">Told what work failed with; work is expected not to.</param>
/// <param name="parent">Tracks this tracker's work too; null: none.</param>
internal sealed class WorkTracker(TaskScheduler scheduler, Action<Exception> onError, WorkTracker? parent = null)
{
    private readonly Lock _gate = new();
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>Starts work on the scheduler, never on the caller's stack.</summary>
    public void Start(Func<Task> work)
    {
        Enter();
        _ = Task.Factory.StartNew(() => RunAsync(work), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    /// <summary>Completes as soon as no work is under way.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            if (_count == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            onError(e);
        }
        finally
        {
            Leave();
        }
    }

    private void Enter()
    {
        parent?.Enter();
        lock (_gate)
            _count++;
    }

    private void Leave()
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            if (--_count == 0)
                (idle, _idle) = (_idle, null);
        }

        idle?.SetResult();
        parent?.Leave();
    }
}
