using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class AttemptTimeoutTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly BatchRig _rig;
    private readonly AttemptTimeout _timeout;

    public AttemptTimeoutTests()
    {
        _rig = new BatchRig(BatchRig.Range(1), (_, _) => ValueTask.FromResult<string?>(null), _time);
        _timeout = new AttemptTimeout(_rig.Scope, Limit, _cancelled.Token);
    }

    [Fact]
    public void Attempt_HasItsWholeTime_AndThatIsTheLastOfTheToken()
    {
        var token = _timeout.Start();
        _time.Advance(Limit - Tick);
        Assert.False(token.IsCancellationRequested);
        _time.Advance(Tick);
        Assert.Equal((true, true, false), (token.IsCancellationRequested, _timeout.IsCancelled, _timeout.TryReset()));
    }

    [Fact]
    public void NextAttempt_HasAsMuch_HoweverLongTheLastTookAndWhateverIsBetween()
    {
        _timeout.Start();
        _time.Advance(Limit - Tick);
        Assert.True(_timeout.TryReset());
        _time.Advance(10 * Limit);
        Assert.False(_timeout.IsCancelled);

        var token = _timeout.Start();
        _time.Advance(Limit - Tick);
        Assert.False(token.IsCancellationRequested);
        _time.Advance(Tick);
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void RunsHandlersCancelled_SoIsTheAttempt()
    {
        var token = _timeout.Start();
        _cancelled.Cancel();
        Assert.Equal((true, false), (token.IsCancellationRequested, _timeout.TryReset()));
    }

    [Fact]
    public void Disposed_NothingCancelsItsToken()
    {
        var token = _timeout.Start();
        _timeout.Dispose();
        _time.Advance(10 * Limit);
        _cancelled.Cancel();
        Assert.False(token.IsCancellationRequested);
    }

    public async ValueTask DisposeAsync()
    {
        _timeout.Dispose();
        _cancelled.Dispose();
        await _rig.DisposeAsync();
    }
}
