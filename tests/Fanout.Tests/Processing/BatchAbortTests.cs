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
