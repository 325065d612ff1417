using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class BatchAbortTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly BatchRig _rig;
    private readonly BatchAbort _abort;

    public BatchAbortTests()
    {
        _rig = new BatchRig(BatchRig.Range(1), (_, _) => ValueTask.FromResult<string?>(null), _time);
        _abort = new BatchAbort(_rig.Scope);
    }

    [Fact]
    public void Fired_CancelsItsHandlers_AndLeavesThoseBehindThatDoNotObey()
    {
        var tokens = _abort.Tokens;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((false, false, false), (_abort.IsFired, tokens.Cancelled.IsCancellationRequested, tokens.Abandoned.IsCancellationRequested));
        _abort.Fire();
        Assert.Equal((true, true, false), (_abort.IsFired, tokens.Cancelled.IsCancellationRequested, tokens.Abandoned.IsCancellationRequested));
        _time.Advance(RunScope.AbandonAfter - TimeSpan.FromTicks(1));
        Assert.False(tokens.Abandoned.IsCancellationRequested);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(tokens.Abandoned.IsCancellationRequested);
        // The run's other batches go on.
        Assert.False(_rig.Scope.HandlersCancelled.IsCancellationRequested);
    }

    [Fact]
    public async Task BatchThatIsAborted_CancelsItsItemsInFlight_WhichWereNotTried()
    {
        using var started = new SemaphoreSlim(0);
        await using var rig = new BatchRig(BatchRig.Range(9, new FlowSpec { Concurrency = 2 }), async (_, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return null;
        }, _time);
        using var abort = new CancellationTokenSource();
        var input = new BatchInput("run", "b0001-l00-00000", await rig.PlanAsync(), 0, 9, [], Lane: 0, Lanes: 1, SliceFraction: 1);
        var work = Fanout.Orchestration.Activities.WorkBatchAsync(rig.Scope, input, checkpoint: null, new BatchExecution(1, CancellationToken.None, abort.Token));
        await started.WaitAsync();
        await started.WaitAsync();
        await abort.CancelAsync();
        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, 0L, 2L), (result.End, result.Tally.Settled, result.Next));
        Assert.Equal([(0L, 0), (1L, 0)], result.Pending.Select(item => (item.Index, item.Attempts)));
        Assert.True(rig.Scope.Gate.IsOpen);
    }

    [Fact]
    public void CallbackThatThrows_IsNoBusinessOfWhoeverFires()
    {
        using var registration = _abort.Tokens.Cancelled.Register(() => throw new InvalidOperationException("No."));
        _abort.Fire();
        Assert.True(_abort.IsFired);
    }

    [Fact]
    public void RunThatCancelsItsHandlers_CancelsThese_ButDoesNotFire()
    {
        _rig.Scope.Apply(new RunControl(1, Stop: CompletionReason.CancelledByRequest));
        Assert.Equal((false, true), (_abort.IsFired, _abort.Tokens.Cancelled.IsCancellationRequested));
    }

    [Fact]
    public void Disposed_NothingIsLeftBehindLater()
    {
        var abandoned = _abort.Tokens.Abandoned;
        _abort.Fire();
        _abort.Dispose();
        _time.Advance(2 * RunScope.AbandonAfter);
        Assert.False(abandoned.IsCancellationRequested);
    }

    public async ValueTask DisposeAsync()
    {
        _abort.Dispose();
        await _rig.DisposeAsync();
    }
}
