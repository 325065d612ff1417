namespace Fanout.Flow;

/// <summary>How far one thing (a run, a limit, a key) is slowed down just now: an <see cref="AimdState"/> that many threads change.</summary>
/// <param name="time">The clock; only its monotonic timestamp is used.</param>
public sealed class AimdThrottle(TimeProvider time)
{
    // Successes more often than this add up to the same.
    private static readonly long CreditEvery = TimeSpan.FromMilliseconds(20).Ticks;

    private readonly Lock _lock = new();
    private AimdState _state;
    private long _creditedAt;
    private volatile bool _isActive;

    /// <summary>False: nothing is slowed down, <see cref="Factor"/> is 1. Cheap.</summary>
    public bool IsActive => _isActive;

    /// <summary>Of what is configured, this much may be used: <see cref="AimdState.Floor"/> to 1.</summary>
    public double Factor => _isActive ? Read().FactorAt(Now()) : 1;

    /// <summary>Until something may start again; zero: it may now.</summary>
    public TimeSpan BlockedFor => _isActive ? Read().BlockedFor(Now()) : TimeSpan.Zero;

    /// <summary>Of <paramref name="whole"/> units in flight, this many may be used: at least 1, whether blocked or not.</summary>
    public int Cap(int whole) => Math.Max(1, (int)(whole * Factor));

    /// <summary>
    /// The downstream asked to slow down: the factor is halved, at most once in <see cref="AimdState.DecreaseInterval"/> and not while blocked.
    /// </summary>
    /// <param name="retryAfter">Nothing starts before this has passed, 1 h at most; null: it did not say.</param>
    public void NoteThrottled(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _state = _state.Throttled(Now(), retryAfter);
            _isActive = true;
        }
    }

    /// <summary>The downstream did what was asked of it. Cheap: nothing to do while not active, nor right after the last one.</summary>
    public void NoteSuccess()
    {
        if (!_isActive)
            return;
        var now = Now();
        if (now.Ticks - Interlocked.Read(ref _creditedAt) < CreditEvery)
            return;
        lock (_lock)
        {
            Interlocked.Exchange(ref _creditedAt, now.Ticks);
            _state = _state.Succeeded(now);
            _isActive = _state.IsActive;
        }
    }

    private AimdState Read()
    {
        lock (_lock)
        {
            _state = _state.Advance(Now());
            _isActive = _state.IsActive;
            return _state;
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(0);
}
