namespace Fanout.Flow;

/// <summary>The best concurrency for a run's downstream, as far as it is known: an <see cref="AdaptiveState"/> that many threads change.</summary>
/// <param name="time">The clock; only its monotonic timestamp is used.</param>
/// <param name="changed">Called, outside the lock, when the limit is another; it reads it itself.</param>
internal sealed class AdaptiveConcurrency(TimeProvider time, Action changed)
{
    private readonly Lock _lock = new();
    private AdaptiveState _state = new(time.GetElapsedTime(0));
    private volatile int _limit = 1;

    /// <summary>Units that may be in flight: 1 at first.</summary>
    public int Limit => _limit;

    /// <summary>An item succeeded.</summary>
    /// <param name="latency">How long its handler took.</param>
    /// <param name="inFlight">Units in flight, its own included.</param>
    /// <param name="most">The configured concurrency.</param>
    public void NoteSuccess(TimeSpan latency, int inFlight, int most)
    {
        lock (_lock)
        {
            _state = _state.Succeeded(time.GetElapsedTime(0), latency, inFlight, most);
            if (_state.Limit == _limit)
                return;
            _limit = _state.Limit;
        }

        changed();
    }

    /// <summary>An item ran into its timeout, or the downstream asked to slow down.</summary>
    public void NoteDrop()
    {
        lock (_lock)
        {
            _state = _state.Dropped();
            if (_state.Limit == _limit)
                return;
            _limit = _state.Limit;
        }

        changed();
    }
}
