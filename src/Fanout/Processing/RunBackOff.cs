using Fanout.Flow;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>A run's own back-off: every throttle slows the whole run down, which recovers step by step.</summary>
internal sealed class RunBackOff : IThrottleScopes, IDisposable
{
    private static readonly TimeSpan RecoverEvery = TimeSpan.FromMilliseconds(250);

    private readonly AimdThrottle _throttle;
    private readonly Action _changed;
    private readonly ITimer _timer;

    /// <summary>Nothing is slowed down yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called when the run's allotment is another: on a throttle, at the end of a block, and while it recovers.</param>
    public RunBackOff(TimeProvider time, Action changed)
    {
        _throttle = new AimdThrottle(time);
        _changed = changed;
        _timer = time.CreateTimer(static backOff => ((RunBackOff)backOff!).Apply(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsActive => _throttle.IsActive;

    /// <summary>Nothing starts just now. Cheap while not active.</summary>
    public bool IsBlocked => _throttle.BlockedFor > TimeSpan.Zero;

    /// <summary>Of the run's rate, this much is left: 0.01 to 1.</summary>
    public double Factor => _throttle.Factor;

    /// <summary>Of the run's concurrency, this much is left, whether blocked or not.</summary>
    public int Cap(int concurrency) => _throttle.Cap(concurrency);

    public void NoteThrottled(in Item item, TimeSpan? retryAfter)
    {
        _throttle.NoteThrottled(retryAfter);
        Apply();
    }

    public void NoteSuccess(in Item item) => _throttle.NoteSuccess();

    public void Dispose() => _timer.Dispose();

    private void Apply()
    {
        _changed();
        if (!_throttle.IsActive)
            return;
        // A timer counts whole milliseconds; one too early would find it blocked still.
        var blocked = TimeSpan.FromMilliseconds(Math.Ceiling(_throttle.BlockedFor.TotalMilliseconds));
        _timer.Change(blocked > TimeSpan.Zero ? blocked : RecoverEvery, Timeout.InfiniteTimeSpan);
    }
}
