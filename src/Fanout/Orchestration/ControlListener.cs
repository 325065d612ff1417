namespace Fanout.Orchestration;

/// <summary>Hears changes of control in an orchestration and wakes what waits for them. Deterministic.</summary>
internal sealed class ControlListener(IOrchestrationContext context, ControlSignal initial, Action<ControlSignal> heard)
{
    private TaskCompletionSource _changed = new();

    /// <summary>The newest signal.</summary>
    public ControlSignal Current { get; private set; } = initial;

    /// <summary>Completes with the next signal.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Listens for as long as the orchestration runs.</summary>
    public void Start() => _ = ListenAsync();

    /// <summary>Waits until a signal newer than the control a paused batch saw lifts the pause or ends the run, or <paramref name="giveUp"/> says so after a signal.</summary>
    public async Task WaitUntilResumedAsync(long seenVersion, Func<bool> giveUp)
    {
        while ((Current.Version <= seenVersion || Current.Paused) && Current.Stop is null && !giveUp())
            await _changed.Task;
    }

    /// <summary>Waits until a time, or until the next signal.</summary>
    public async Task DelayUntilAsync(DateTime due)
    {
        var changed = _changed.Task;
        while (context.CurrentUtcDateTime < due && !changed.IsCompleted)
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(due, cancel.Token);
            await Task.WhenAny(timer, changed);
            if (!timer.IsCompleted)
                cancel.Cancel();
        }
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            var signal = await context.WaitForExternalEvent<ControlSignal>(ControlSignal.EventName);
            if (signal.Version >= Current.Version)
                Current = signal;
            heard(signal);
            var changed = _changed;
            _changed = new TaskCompletionSource();
            changed.SetResult();
        }
    }
}
