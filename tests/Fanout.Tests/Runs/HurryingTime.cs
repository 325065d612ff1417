using Microsoft.Extensions.Time.Testing;

namespace Fanout.Tests.Runs;

/// <summary>Time that passes as soon as somebody waits for it, unless it is for longer than <paramref name="longest"/>: such a wait never ends.</summary>
internal sealed class HurryingTime(TimeSpan? longest = null) : FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero))
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= (longest ?? TimeSpan.MaxValue))
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
