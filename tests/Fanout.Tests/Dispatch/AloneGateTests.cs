using Fanout.Dispatch;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class AloneGateTests
{
    private readonly AloneGate _gate = new();

    [Fact]
    public async Task OrdinaryBatches_AreWorkedTogether()
    {
        using var one = await EnterAsync(alone: false);
        using var other = await EnterAsync(alone: false);
    }

    [Fact]
    public async Task OneThatIsToBeAlone_WaitsForOthersAndHoldsUpThoseBehindIt()
    {
        var before = await EnterAsync(alone: false);
        var alone = EnterAsync(alone: true);
        var behind = EnterAsync(alone: false);
        Assert.False(alone.IsCompleted || behind.IsCompleted);
        before.Dispose();
        var turn = await alone;
        Assert.False(behind.IsCompleted);
        turn.Dispose();
        (await behind).Dispose();
    }

    [Fact]
    public async Task OneThatGivesUpWaiting_HoldsUpNobody()
    {
        using var before = await EnterAsync(alone: false);
        using var giveUp = new CancellationTokenSource();
        var alone = _gate.EnterAsync(alone: true, giveUp.Token);
        var behind = EnterAsync(alone: false);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alone);
        (await behind).Dispose();
    }

    private Task<IDisposable> EnterAsync(bool alone) => _gate.EnterAsync(alone, CancellationToken.None);
}
