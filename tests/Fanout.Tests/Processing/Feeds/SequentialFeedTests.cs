using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

public sealed class SequentialFeedTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task WhatIsLeftOfTheRange_MayStart()
    {
        await using var rig = Rig(5);
        await using var feed = await rig.OpenFeedAsync();
        Assert.Equal(5, feed.CountStartable());
        await feed.TakeAsync(rig, most: 3);
        Assert.Equal((3, 2), (feed.Next, feed.CountStartable()));
    }

    [Fact]
    public async Task ItemThatWaits_MayStartFromThenOn()
    {
        await using var rig = Rig(2);
        await using var feed = await rig.OpenFeedAsync();
        var workers = await feed.TakeAsync(rig);
        Assert.Equal((2, true, 0L), (workers.Count, feed.IsRangeTaken, feed.CountStartable()));
        feed.Retry(workers[0], _time.GetUtcNow().AddSeconds(1));
        Assert.Equal((1, 0L), (feed.WaitingCount, feed.CountStartable()));
        Assert.Empty(await feed.TakeAsync(rig));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, feed.CountStartable());
        Assert.Equal(0, Assert.Single(await feed.TakeAsync(rig)).Item.Index);
        Assert.True(feed.HoldsNothing);
    }

    [Fact]
    public async Task SourceThatEndsEarly_IsTakenToTheEndOfTheRange()
    {
        await using var rig = Rig(5);
        await rig.InterceptReadersAsync((open, start, end) => open(start, Math.Min(end, 3)));
        await using var feed = await rig.OpenFeedAsync();
        Assert.Equal([0L, 1, 2], (await feed.TakeAsync(rig)).Select(worker => worker.Item.Index));
        Assert.Equal((true, 5), (feed.IsRangeTaken, feed.Next));
    }

    [Fact]
    public async Task ItemsWithoutKeys_AreHeldUpByNone()
    {
        await using var rig = Rig(2);
        await using var feed = await rig.OpenFeedAsync();
        Assert.True(feed.CountStartable() > 0);
        Assert.False(feed.IsHeldUpBy(new HashSet<OpenKey> { new(0) }));
    }

    private BatchRig Rig(long items) => new(BatchRig.Range(items), (_, _) => ValueTask.FromResult<string?>(null), _time);
}
