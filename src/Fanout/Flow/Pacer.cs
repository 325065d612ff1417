namespace Fanout.Flow;

/// <summary>
/// Paces starts by the generic cell rate algorithm (ITU-T I.371): over any window of length t at most <c>burst + rate x t</c> units are granted.
/// </summary>
/// <remarks>
/// The one state is the theoretical arrival time of the next start: the bucket is full when it is past, and lacks a unit for each interval it
/// is ahead. A start of n units conforms when <c>now >= arrival - (burst - min(n, burst)) x interval</c>; it moves the arrival to
/// <c>max(now, arrival) + n x interval</c>. A start of more than the burst so begins with a full bucket, and leaves a debt.
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
    private int _burst;
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
            _arrival = _interval * burst;
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
    public bool TryTake(out TimeSpan wait) => TryTake(1, out wait);

    /// <summary>Takes a start that counts for so many units. False: it does not conform now; it may after <paramref name="wait"/>.</summary>
    /// <param name="units">At least 1; more than the burst waits for a full bucket and goes into debt.</param>
    /// <param name="wait">Zero when it was taken.</param>
    public bool TryTake(int units, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!IsLimited)
            return true;
        lock (_lock)
        {
            var now = Now();
            wait = WaitFrom(now, units);
            if (wait > TimeSpan.Zero)
                return false;
            _arrival = (now > _arrival ? now : _arrival) + (units * _interval);
            return true;
        }
    }

    /// <summary>How long until a start of so many units may conform, without taking it; zero: it conforms now. For who needs several pacers' consent.</summary>
    /// <param name="units">At least 1.</param>
    public TimeSpan WaitFor(int units)
    {
        if (!IsLimited)
            return TimeSpan.Zero;
        lock (_lock)
            return WaitFrom(Now(), units);
    }

    /// <summary>How far ahead of now a next start would come if starts were spaced evenly; zero or less: the bucket is full.</summary>
    public TimeSpan Ahead
    {
        get
        {
            lock (_lock)
                return IsLimited ? TimeSpan.FromTicks((long)Int128.Min((_arrival - Now()) / UnitsPerTick, TimeSpan.MaxValue.Ticks)) : TimeSpan.Zero;
        }
    }

    /// <summary>Takes over what another pacer has granted: no start sooner than if the next came, spaced evenly, so far <paramref name="ahead"/> of now.</summary>
    public void Owe(TimeSpan ahead)
    {
        lock (_lock)
            _arrival = Int128.Max(_arrival, Now() + ((Int128)ahead.Ticks * UnitsPerTick));
    }

    /// <summary>
    /// Changes the rate and burst from now on. The units the bucket lacks stay as many, so that a change of the rate gives none away; it never
    /// lacks more than the new burst, but for the debt of a start that was larger than the old.
    /// </summary>
    public void Retune(Rate? rate, int burst)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            var now = Now();
            var (interval, oldBurst) = (_interval, _burst);
            var ahead = _arrival > now && interval > 0 ? _arrival - now : 0;
            var debt = ahead > oldBurst * interval ? ahead - (oldBurst * interval) : 0;
            Set(rate, burst);
            var lacking = InNewIntervals(ahead - debt, interval);
            _arrival = now + InNewIntervals(debt, interval) + (lacking < burst * _interval ? lacking : burst * _interval);
            signal = _retuned;
            _retuned = NewSignal();
        }

        signal.SetResult();
    }

    // In two steps: the product of two of the longest times does not fit.
    private Int128 InNewIntervals(Int128 time, Int128 interval) =>
        time == 0 ? 0 : (time / interval * _interval) + (((time % interval * _interval) + interval - 1) / interval);

    private void Set(Rate? rate, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        IsLimited = rate is not null;
        _interval = rate is { } given ? (Int128)Math.Ceiling(given.Period.Ticks * (double)UnitsPerTick / given.Count) : 0;
        _burst = burst;
    }

    private TimeSpan WaitFrom(Int128 now, int units)
    {
        var due = _arrival - ((_burst - Math.Min(units, _burst)) * _interval);
        return now >= due ? TimeSpan.Zero : TimeSpan.FromTicks((long)Int128.Min((due - now + UnitsPerTick - 1) / UnitsPerTick, TimeSpan.MaxValue.Ticks));
    }

    private Int128 Now() => (Int128)_time.GetElapsedTime(_origin).Ticks * UnitsPerTick;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
