using Microsoft.Extensions.Time.Testing;

namespace Fanout.Cli.Tests.Support;

/// <summary>Time that passes as soon as somebody waits for it: a wait is over at once, and the clock shows that it took its time.</summary>
public sealed class HurryingTime : FakeTimeProvider
{
    public HurryingTime()
        : base(Given.Noon)
    {
    }

    /// <summary>What was waited for so far.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            lock (Waits)
                Waits.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
