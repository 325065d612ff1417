using Fanout.Orchestration;
using Moq;
using Xunit;

namespace Fanout.Tests.Orchestration;

public sealed class SharedTimersTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private readonly List<(DateTime Due, TaskCompletionSource Fires, CancellationToken Cancelled)> _set = [];
    private readonly SharedTimers _timers;
    private int _made;

    public SharedTimersTests()
    {
        var context = new Mock<IOrchestrationContext>();
        context.Setup(one => one.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>())).Returns((DateTime due, CancellationToken cancelled) =>
        {
            _set.Add((due, new TaskCompletionSource(), cancelled));
            return _set[^1].Fires.Task;
        });
        _timers = new SharedTimers(context.Object, () => _made++);
    }

    [Fact]
    public void WaitsThatEndWithinFiveSeconds_ShareATimer_AndAllEndWithIt()
    {
        var waits = new[] { 0.0, 0.1, 4.9, 5 }.Select(seconds => _timers.WaitAsync(Noon.AddSeconds(seconds))).ToList();
        Assert.Equal([Noon, Noon.AddSeconds(5)], _set.Select(timer => timer.Due));
        Assert.Equal(2, _made);
        _set[1].Fires.SetResult();
        Assert.Equal([false, true, true, true], waits.Select(wait => wait.IsCompleted));
        Assert.False(_set[0].Cancelled.IsCancellationRequested || _set[1].Cancelled.IsCancellationRequested);
    }

    [Fact]
    public void TimerIsCancelled_WhenNobodyWaitsForItAnyMore()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var waits = new[] { _timers.WaitAsync(Noon, first.Task), _timers.WaitAsync(Noon, new TaskCompletionSource().Task, second.Task) };
        first.SetResult();
        Assert.True(waits[0].IsCompleted);
        Assert.False(waits[1].IsCompleted || _set[0].Cancelled.IsCancellationRequested);
        second.SetResult();
        Assert.True(waits[1].IsCompleted && _set[0].Cancelled.IsCancellationRequested);
        _ = _timers.WaitAsync(Noon);
        Assert.Equal(2, _set.Count);
    }

    [Fact]
    public async Task TimerThatFiredEarly_IsSetAnew_ThoughOthersHaveNotSeenIt()
    {
        var again = Task.CompletedTask;
        var first = WaitTwiceAsync();
        var second = _timers.WaitAsync(Noon);
        _set[0].Fires.SetResult();
        await second;
        Assert.False(first.IsCompleted || again.IsCompleted);
        Assert.Equal(2, _set.Count);
        _set[1].Fires.SetResult();
        await first;

        async Task WaitTwiceAsync()
        {
            await _timers.WaitAsync(Noon);
            await (again = _timers.WaitAsync(Noon));
        }
    }
}
