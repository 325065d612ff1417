using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>Whether keys whose items take long hold up anything else: then a batch goes on past its slice.</summary>
public sealed class KeyedFeedHoldUpTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task SlowKey_HoldsUpWhatIsLeftOfOthers_NotWhatIsItsOwn()
    {
        await using var rig = Rig([0, 0, 1], new PerKeySpec("/k") { Concurrency = 1 });
        await using var feed = await rig.OpenFeedAsync();
        var (two, one) = await TakeOneOfEachAsync(feed, rig);
        Assert.True(feed.IsHeldUpBy(new HashSet<OpenKey> { one }));
        Assert.False(feed.IsHeldUpBy(new HashSet<OpenKey> { two }));
    }

    [Fact]
    public async Task TwoSlowKeys_HoldUpEachOther_AndNoneHoldsUpNothing()
    {
        await using var rig = Rig([0, 0, 1], new PerKeySpec("/k") { Concurrency = 1 });
        await using var feed = await rig.OpenFeedAsync();
        var (two, one) = await TakeOneOfEachAsync(feed, rig);
        Assert.True(feed.IsHeldUpBy(new HashSet<OpenKey> { one, two }));
        Assert.False(feed.IsHeldUpBy(new HashSet<OpenKey>()));
    }

    [Fact]
    public async Task SlowKey_HoldsUpRetriesOfOthers_AlsoWhileTheirRateDoes()
    {
        await using var rig = Rig([0, 1], new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromMinutes(1)), Burst = 1 });
        await using var feed = await rig.OpenFeedAsync();
        var workers = await feed.TakeAsync(rig);
        var (retried, slow) = (workers[0].Key!, workers[1].Key!);
        feed.Retry(workers[0], _time.GetUtcNow().AddSeconds(1));
        Assert.True(feed.IsHeldUpBy(new HashSet<OpenKey> { slow }));
        Assert.False(feed.IsHeldUpBy(new HashSet<OpenKey> { retried }));
        // The retry is due, but its key's next start is not.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, feed.CountStartable());
        Assert.True(feed.IsHeldUpBy(new HashSet<OpenKey> { slow }));
    }

    [Fact]
    public async Task SlowKey_HoldsUpKeysBeyondTheWindow()
    {
        await using var rig = Rig([.. Enumerable.Range(0, KeyedFeed.MinWindow + 1)], new PerKeySpec("/k") { Concurrency = 1 });
        await using var feed = await rig.OpenFeedAsync();
        var workers = await feed.TakeAsync(rig);
        Assert.Equal((KeyedFeed.MinWindow, 0), (workers.Count, feed.CountStartable()));
        Assert.True(feed.IsHeldUpBy(new HashSet<OpenKey> { workers[0].Key! }));
    }

    // An item of the key that has two, and that of the other.
    private static async Task<(OpenKey Two, OpenKey One)> TakeOneOfEachAsync(ItemFeed feed, BatchRig rig)
    {
        var keys = (await feed.TakeAsync(rig)).ToDictionary(worker => worker.Item.Index, worker => worker.Key!);
        return (keys[0], keys[2]);
    }

    private BatchRig Rig(IReadOnlyList<int> keys, PerKeySpec perKey) => KeyedRig.Create(keys, perKey, (_, _, _, _) => ValueTask.CompletedTask, _time);
}
