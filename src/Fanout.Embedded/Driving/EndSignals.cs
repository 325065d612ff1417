namespace Fanout.Embedded.Driving;

/// <summary>Wakes those who wait for the end of an instance. A signal means: look again.</summary>
internal sealed class EndSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);

    public Task For(string instanceId)
    {
        lock (_gate)
        {
            if (!_signals.TryGetValue(instanceId, out var signal))
                _signals.Add(instanceId, signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return signal.Task;
        }
    }

    public void Raise(string instanceId)
    {
        TaskCompletionSource? signal;
        lock (_gate)
            _signals.Remove(instanceId, out signal);
        signal?.SetResult();
    }

    public void RaiseAll()
    {
        List<TaskCompletionSource> signals;
        lock (_gate)
        {
            signals = [.. _signals.Values];
            _signals.Clear();
        }

        foreach (var signal in signals)
            signal.SetResult();
    }
}
