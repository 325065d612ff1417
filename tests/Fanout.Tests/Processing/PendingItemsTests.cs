using Fanout.Processing;
using Fanout.Sources;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PendingItemsTests
{
    [Fact]
    public async Task NearItems_AreReadInOneGo_AndOthersApart()
    {
        await using var rig = new BatchRig(BatchRig.Range(10_000), (_, _) => ValueTask.FromResult<string?>(null));
        var opened = new List<(long, long)>();
        await WatchAsync(rig, opened, end => end);
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
        await WatchAsync(rig, [], end => Math.Min(end, 9));
        var plan = await rig.PlanAsync();
        var gone = await Assert.ThrowsAsync<SourceException>(() => PendingItems.LoadAsync(rig.Scope, plan, [new(3, 0, null), new(12, 0, null)]));
        Assert.Equal("The source of run 'run' has no item 12 any more. Restore it, or start a new run.", gone.Message);
    }

    private static async Task WatchAsync(BatchRig rig, List<(long Start, long End)> opened, Func<long, long> cut)
    {
        var inner = rig.Source;
        var source = new Mock<ISource>();
        source.Setup(it => it.PlanAsync(It.IsAny<ISourceWorkspace>(), It.IsAny<CancellationToken>())).Returns(inner.PlanAsync);
        source.Setup(it => it.OpenAsync(It.IsAny<SourcePlan>(), It.IsAny<ISourceWorkspace>(), It.IsAny<long>(), It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken stopping) =>
            {
                opened.Add((start, end));
                return inner.OpenAsync(plan, workspace, start, cut(end), stopping);
            });
        await rig.Scope.DisposeAsync();
        rig.Source = source.Object;
        rig.Restart();
    }
}
