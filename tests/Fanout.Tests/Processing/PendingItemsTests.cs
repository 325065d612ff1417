using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PendingItemsTests
{
    [Fact]
    public async Task NearItems_AreReadInOneGo_AndOthersApart()
    {
        await using var rig = new BatchRig(BatchRig.Range(10_000), (_, _) => ValueTask.FromResult<string?>(null));
        var opened = new List<(long, long)>();
        await rig.InterceptReadersAsync((open, start, end) =>
        {
            opened.Add((start, end));
            return open(start, end);
        });
        PendingItem[] pending = [new(1_256, 2, null), new(7, 0, null), new(1_000, 1, DateTimeOffset.UnixEpoch), new(263, 3, null), new(5_000, 0, null), new(1_513, 0, null)];

        var loaded = await PendingItems.LoadAsync(rig.Scope, await rig.PlanAsync(), pending);

        // 256 apart is near.
        Assert.Equal([(7, 264), (1_000, 1_257), (1_513, 1_514), (5_000, 5_001)], opened);
        Assert.Equal([(7L, 0), (263, 3), (1_000, 1), (1_256, 2), (1_513, 0), (5_000, 0)], loaded.Select(item => (item.Item.Index, item.Attempts)));
        Assert.Equal([DateTimeOffset.MinValue, DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch], loaded.Take(3).Select(item => item.NotBefore));
        Assert.Equal("263", System.Text.Encoding.UTF8.GetString(loaded[1].Item.Value.Span));
    }

    [Fact]
    public async Task ItemThatIsGone_IsSaid()
    {
        await using var rig = new BatchRig(BatchRig.Range(10_000), (_, _) => ValueTask.FromResult<string?>(null));
        await rig.InterceptReadersAsync((open, start, end) => open(start, Math.Min(end, 9)));
        var plan = await rig.PlanAsync();
        var gone = await Assert.ThrowsAsync<SourceException>(() => PendingItems.LoadAsync(rig.Scope, plan, [new(3, 0, null), new(12, 0, null)]));
        Assert.Equal("The source of run 'run' has no item 12 any more. Restore it, or start a new run.", gone.Message);
    }
}
