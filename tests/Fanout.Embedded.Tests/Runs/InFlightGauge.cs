namespace Fanout.Embedded.Tests.Runs;

/// <summary>Counts the items in flight and holds them to a bound that may change: above a lowered one they may only become fewer.</summary>
internal sealed class InFlightGauge
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _inFlight;
    private int _bound;
    private bool _isDraining;

    public InFlightGauge(int bound) => _bound = bound;

    /// <summary>The worst that was seen; null: the bound always held.</summary>
    public string? Violation { get; private set; }

    /// <summary>From now on.</summary>
    public void Bound(int bound)
    {
        lock (_lock)
        {
            _bound = bound;
            _isDraining = _inFlight > bound;
        }
    }

    /// <summary>An item begins.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            _inFlight++;
            if (_inFlight > _bound || _isDraining)
                Violation ??= $"{_inFlight} in flight, {_bound} allowed{(_isDraining ? ", and none to begin before that" : "")}";
            Signal();
        }
    }

    /// <summary>An item ends.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            _isDraining &= _inFlight > _bound;
        }
    }

    /// <summary>Completes when so many are in flight at once.</summary>
    public Task ReachesAsync(int count)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            Signal();
            return reached.Task;
        }
    }

    private void Signal()
    {
        foreach (var (_, reached) in _waiting.Where(one => one.Count <= _inFlight).ToList())
            reached.TrySetResult();
        _waiting.RemoveAll(one => one.Reached.Task.IsCompleted);
    }
}
