using Fanout.Flow;
using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>Batches that take turns before their run's pacer. Nothing of them runs: the run has no place for it.</summary>
public sealed class PaceTurnsTests : IAsyncDisposable
{
    private readonly BatchRig _rig;
    private readonly List<IAsyncDisposable> _made = [];

    public PaceTurnsTests()
    {
        var flow = new FlowSpec { Concurrency = 8, Rate = new Rate(1, TimeSpan.FromHours(1)), Burst = 1 };
        _rig = new BatchRig(BatchRig.Range(16, flow), (_, _) => ValueTask.FromResult<string?>(null), new FakeTimeProvider());
        _rig.Scope.Caps.Set("limit x", 0);
    }

    private PaceTurns Turns => _rig.Scope.PaceTurns;

    [Fact]
    public async Task WhoWaits_IsCalled_AndNobodyElseMayCome()
    {
        var (first, second) = (await MakeAsync(0), await MakeAsync(1));
        Assert.True(Turns.TryEnter(first));
        Assert.False(Turns.TryEnter(second));
        Turns.Leave();
        Assert.False(Turns.TryEnter(first));
        Assert.True(Turns.TryEnter(second));
        Turns.Leave();
        Assert.True(Turns.TryEnter(first));
    }

    [Fact]
    public async Task WhoAsksTwice_IsCalledOnce()
    {
        var (first, second) = (await MakeAsync(0), await MakeAsync(1));
        Assert.True(Turns.TryEnter(first));
        Assert.False(Turns.TryEnter(second));
        Assert.False(Turns.TryEnter(second));
        Turns.Leave();
        Assert.True(Turns.TryEnter(second));
        Turns.Leave();
        Assert.True(Turns.TryEnter(first));
    }

    [Fact]
    public async Task WhoStartsNothingMore_IsNotCalled()
    {
        var (first, second) = (await MakeAsync(0), await MakeAsync(1));
        Assert.True(Turns.TryEnter(first));
        Assert.False(Turns.TryEnter(second));
        Turns.Remove(second);
        Turns.Leave();
        Assert.True(Turns.TryEnter(first));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made)
            await made.DisposeAsync();
        await _rig.DisposeAsync();
    }

    private async Task<Batch> MakeAsync(int lane)
    {
        var made = await MadeBatch.MakeAsync(_rig, lane);
        _made.Add(made);
        return made.Batch;
    }
}
