using Microsoft.Extensions.Time.Testing;

namespace Fanout.Client.Tests.Support;

/// <summary>Time that passes as soon as somebody waits for no longer than <paramref name="hurries"/>; what is waited for longer, a time-out say, does not come.</summary>
internal sealed class HurryingTime(TimeSpan hurries) : FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero))
{
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime >= TimeSpan.Zero && dueTime <= hurries)
        {
            lock (Waits)
                Waits.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
