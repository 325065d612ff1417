namespace Fanout.Flow;

/// <summary>
/// Paces starts by the generic cell rate algorithm (ITU-T I.371): over any window of length t at most <c>burst + rate x t</c> starts are granted.
/// </summary>
/// <remarks>
/// The one state is the theoretical arrival time of the next start. A start at <c>now</c> conforms when
/// <c>now >= arrival - (burst - 1) x interval</c>; it moves the arrival to <c>max(now, arrival) + interval</c>.
/// Times are whole numbers of a thousandth of a tick, intervals rounded up: what whole ticks would round off comes to starts too many.
/// </remarks>
public sealed class Pacer
{
    private const int UnitsPerTick = 1_000;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Lock _lock = new();
    private Int128 _arrival;
    private Int128 _interval;
    private Int128 _tolerance;
    private TaskCompletionSource _retuned = NewSignal();

    /// <summary>A pacer at a rate; null: everything conforms.</summary>
    /// <param name="time">The clock; only its monotonic timestamp is used.</param>
    /// <param name="rate">Starts in time; null: no limit.</param>
    /// <param name="burst">Starts that may come at once, at least 1.</param>
    /// <param name="spent">True: the burst counts as used up. For a run that goes on after a crash, whose last starts are not known.</param>
    public Pacer(TimeProvider time, Rate? rate, int burst, bool spent = false)
    {
        _time = time;
        _origin = time.GetTimestamp();
        Set(rate, burst);
        if (spent && rate is not null)
            _arrival = _interval + _tolerance;
    }

    /// <summary>True when there is a rate to keep.</summary>
    public bool IsLimited { get; private set; }

    /// <summary>Completes when the rate or burst changes: whoever waits asks again.</summary>
    public Task Retuned
    {
        get
        {
            lock (_lock)
                return _retuned.Task;
        }
    }

    /// <summary>Takes a start. False: none conforms now; one may after <paramref name="wait"/>.</summary>
    public bool TryTake(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!IsLimited)
            return true;
        lock (_lock)
        {
            var now = Now();
            var due = _arrival - _tolerance;
            if (now < due)
            {
                wait = TimeSpan.FromTicks((long)((due - now + UnitsPerTick - 1) / UnitsPerTick));
                return false;
            }

            _arrival = (now > _arrival ? now : _arrival) + _interval;
            return true;
        }
    }

    /// <summary>Changes the rate and burst from now on. Debt under the old rate is forgiven down to one interval of the new one.</summary>
    public void Retune(Rate? rate, int burst)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            Set(rate, burst);
            var latest = Now() + _interval + _tolerance;
            if (_arrival > latest)
                _arrival = latest;
            signal = _retuned;
            _retuned = NewSignal();
        }

        signal.SetResult();
    }

    private void Set(Rate? rate, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        IsLimited = rate is not null;
        _interval = rate is { } given ? (Int128)Math.Ceiling(given.Period.Ticks * (double)UnitsPerTick / given.Count) : 0;
        _tolerance = _interval * (burst - 1);
    }

    private Int128 Now() => (Int128)_time.GetElapsedTime(_origin).Ticks * UnitsPerTick;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
