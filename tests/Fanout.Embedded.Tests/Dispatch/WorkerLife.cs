namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>Whether a worker's process is alive. Whatever one that is not was about to do never happens.</summary>
internal sealed class WorkerLife : IDisposable
{
    private readonly TaskCompletionSource _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _burial = new();

    /// <summary>Completes when it has died.</summary>
    public Task Death => _death.Task;

    public void Die() => _death.TrySetResult();

    /// <summary>Returns while it lives.</summary>
    public Task GoOnAsync() => _death.Task.IsCompleted ? NeverAsync() : Task.CompletedTask;

    /// <summary>Returns never; ends with the test.</summary>
    public async Task NeverAsync() => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _burial.Token);

    public void Bury()
    {
        Die();
        _burial.Cancel();
    }

    public void Dispose() => _burial.Dispose();
}
