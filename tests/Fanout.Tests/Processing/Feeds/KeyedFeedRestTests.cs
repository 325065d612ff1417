using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>What a feed hands on of its keys, and how the next goes on from it.</summary>
public sealed class KeyedFeedRestTests
{
    private readonly FakeTimeProvider _time = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public async Task KeyWithoutLimitsAhead_OfWhichAnItemWaits_IsNotHandedOn()
    {
        await using var rig = Rig(1, new PerKeySpec("/k") { Concurrency = 1 });
        await using var feed = await rig.OpenFeedAsync();
        feed.Retry(Assert.Single(await feed.TakeAsync(rig)), Now.AddMinutes(1));
        Assert.Empty(feed.DescribeKeys());
        Assert.Single(feed.DescribeWaiting());
    }

    [Fact]
    public async Task KeyWithARate_OfWhichAnItemWaits_IsHandedOnUntilItsNextStartMayCome()
    {
        await using var rig = Rig(1, new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 1 });
        await using var feed = await rig.OpenFeedAsync();
        var begin = Now;
        var worker = Assert.Single(await feed.TakeAsync(rig));
        Assert.Empty(feed.DescribeKeys());
        feed.Retry(worker, begin.AddMinutes(1));
        AssertLimits(feed, arrival: begin.AddSeconds(1), notBefore: begin.AddSeconds(1), slowedPerMille: 0);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(feed.DescribeKeys());
    }

    [Fact]
    public async Task KeyWithARate_WhoseItemsCost_IsHandedOnLikewise()
    {
        await using var rig = KeyedRig.Create(
            [0], new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 1 }, (_, _, _, _) => ValueTask.CompletedTask, _time,
            flow: new FlowSpec { Cost = new CostSpec(2, null) });
        await using var feed = await rig.OpenFeedAsync();
        var begin = Now;
        feed.Retry(Assert.Single(await feed.TakeAsync(rig)), begin.AddMinutes(1));
        AssertLimits(feed, arrival: begin.AddSeconds(2), notBefore: begin.AddSeconds(2), slowedPerMille: 0);
    }

    [Fact]
    public async Task OrderedKey_OfWhichAnItemWaits_IsHandedOnAsHeldUntilThen()
    {
        await using var rig = Rig(1, new PerKeySpec("/k") { Ordered = true });
        await using var feed = await rig.OpenFeedAsync();
        var begin = Now;
        feed.Retry(Assert.Single(await feed.TakeAsync(rig)), begin.AddMinutes(1));
        AssertLimits(feed, arrival: null, notBefore: begin.AddMinutes(1), slowedPerMille: 0);
    }

    [Fact]
    public async Task ThrottledKey_OfWhichAnItemWaits_IsHandedOnAsSlowedDown()
    {
        await using var rig = Rig(1, new PerKeySpec("/k") { Concurrency = 8 });
        await using var feed = await rig.OpenFeedAsync();
        var begin = Now;
        var worker = Assert.Single(await feed.TakeAsync(rig));
        feed.NoteThrottled(worker.Key!, TimeSpan.FromSeconds(2));
        feed.Retry(worker, begin.AddMinutes(1));
        AssertLimits(feed, arrival: null, notBefore: begin.AddSeconds(2), slowedPerMille: 500);
        // What it asked for is over, that it is slowed down is not.
        _time.Advance(TimeSpan.FromSeconds(2));
        AssertLimits(feed, arrival: null, notBefore: null, slowedPerMille: 500);
    }

    [Fact]
    public async Task KeyThatWasSlowedDownBefore_StartsWithTheShareItHadLeft()
    {
        await using var rig = Rig(16, new PerKeySpec("/k") { Concurrency = 8 });
        await using var feed = await rig.OpenFeedAsync(start: 1, keys: [new KeyRest(0, 0, null, null, SlowedPerMille: 250)]);
        Assert.Equal(6, (await feed.TakeAsync(rig)).Count);
    }

    [Fact]
    public async Task KeyOfWhichAsManyWaitAsMay_StartsNothingNew_AndTheOthersDo()
    {
        const int Most = RetryQueue.MaxWaiting;
        await using var rig = KeyedRig.Create(
            [.. Enumerable.Repeat(0, Most + 1), .. Enumerable.Repeat(1, Most + 1)], new PerKeySpec("/k") { Concurrency = Most }, (_, _, _, _) => ValueTask.CompletedTask, _time);
        KeyRest left;
        List<PendingItem> waiting;
        await using (var before = await rig.OpenFeedAsync())
        {
            var workers = await before.TakeAsync(rig);
            left = before.DescribeKeys()[0];
            waiting = [.. workers.Where(worker => worker.Key!.Number == left.Number).Select(worker => worker.DescribeHeld() with { Attempts = 1, NotBefore = Now.AddHours(1) })];
        }

        await using var feed = await rig.OpenFeedAsync(start: 1, keys: [left], pending: waiting);
        Assert.Equal(Most, feed.WaitingCount);
        var started = await feed.TakeAsync(rig);
        Assert.Equal(Most, started.Count);
        Assert.All(started, worker => Assert.NotEqual(left.Number, worker.Key!.Number));
    }

    [Fact]
    public async Task ItemsThatWereTried_AreTakenOutDueOrNot_AndTheOthersStay()
    {
        await using var rig = Rig(3, new PerKeySpec("/k") { Concurrency = 3 });
        List<PendingItem> held;
        await using (var before = await rig.OpenFeedAsync())
            held = [.. (await before.TakeAsync(rig)).Select(worker => worker.DescribeHeld())];
        await using var feed = await rig.OpenFeedAsync(
            start: 1, pending: [held[0], held[1] with { Attempts = 1 }, held[2] with { Attempts = 2, NotBefore = Now.AddHours(1) }]);
        Assert.Equal(3, feed.WaitingCount);

        Assert.Equal([(1L, 1), (2, 2)], feed.TakeTried().Select(item => (item.Item.Index, item.Attempts)).Order());
        Assert.Equal(1, feed.WaitingCount);
        Assert.Equal(held[0], Assert.Single(feed.DescribeWaiting()));
        // Those taken out are in flight: they take up two of the key's three places.
        Assert.Equal(0, Assert.Single(await feed.TakeAsync(rig)).Item.Index);
        Assert.Equal(0, feed.WaitingCount);
    }

    [Fact]
    public async Task PendingItemWithoutAPlace_IsRefused()
    {
        await using var rig = Rig(3, new PerKeySpec("/k") { Concurrency = 1 });
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => rig.OpenFeedAsync(start: 1, pending: [new PendingItem(2, 1, null)]));
        Assert.Equal("Item 2, which is pending, has no place in the partition by key.", refused.Message);
    }

    private static void AssertLimits(ItemFeed feed, DateTimeOffset? arrival, DateTimeOffset? notBefore, int slowedPerMille)
    {
        var rest = Assert.Single(feed.DescribeKeys());
        Assert.Equal((arrival, notBefore, slowedPerMille), (rest.Arrival, rest.NotBefore, rest.SlowedPerMille));
    }

    // Items of one key.
    private BatchRig Rig(int items, PerKeySpec perKey) =>
        KeyedRig.Create([.. Enumerable.Repeat(0, items)], perKey, (_, _, _, _) => ValueTask.CompletedTask, _time);
}
