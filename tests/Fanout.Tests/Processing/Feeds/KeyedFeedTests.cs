using CsCheck;
using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>What a feed gives when, step by step.</summary>
public sealed class KeyedFeedTests
{
    private static readonly PerKeySpec OneAtATime = new("/k") { Concurrency = 1 };
    private static readonly PerKeySpec OneASecond = new("/k") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 1 };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ThrottledKey_HasHalfItsConcurrencyAndGetsItBackStepByStep()
    {
        await using var rig = Rig([.. Enumerable.Repeat(0, 500), .. Enumerable.Repeat(1, 500)], new PerKeySpec("/k") { Concurrency = 8 });
        await using var feed = await rig.OpenFeedAsync();
        var workers = await feed.TakeAsync(rig);
        Assert.Equal([8, 8], workers.GroupBy(worker => worker.Key!.Number).Select(group => group.Count()));

        var key = workers[0].Key!;
        feed.NoteThrottled(key, TimeSpan.FromSeconds(2));
        feed.Release(workers);
        Assert.Single((await feed.TakeAsync(rig)).GroupBy(worker => worker.Key!.Number));
        _time.Advance(TimeSpan.FromSeconds(2));
        var slowed = await feed.TakeAsync(rig);
        Assert.Equal(4, slowed.Count);
        Assert.All(slowed, worker => Assert.Same(key, worker.Key));
        for (var seconds = 0; seconds < 6; seconds++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            feed.NoteSuccess(key);
        }

        feed.Release(slowed);
        Assert.Equal(8, (await feed.TakeAsync(rig)).Count);
    }

    [Fact]
    public Task AnyCosts_CountAgainstTheKeysConcurrency() =>
        Gen.Select(Gen.Int[1, 9].Array[1, 60], Gen.Int[1, 7], Gen.Int).SampleAsync(async (costs, concurrency, seed) =>
        {
            // The key is the cost: of each key items cost the same.
            var random = new Random(seed);
            await using var rig = Rig(costs, new PerKeySpec("/k") { Concurrency = concurrency }, new CostSpec(1, "/k"));
            await using var feed = await rig.OpenFeedAsync();
            var inFlight = new List<Worker>();
            var taken = 0;
            while (true)
            {
                var more = await feed.TakeAsync(rig);
                taken += more.Count;
                inFlight.AddRange(more);
                foreach (var ofKey in inFlight.GroupBy(worker => worker.Key!.Number))
                    Assert.True(ofKey.Count() == 1 || ofKey.Sum(worker => worker.KeyUnits) <= concurrency);
                if (inFlight.Count == 0)
                    break;
                var next = inFlight[random.Next(inFlight.Count)];
                inFlight.Remove(next);
                feed.Release([next]);
            }

            Assert.Equal(costs.Length, taken);
            Assert.True(feed is { HoldsNothing: true, IsRangeTaken: true });
        }, iter: 100, threads: 1);

    [Fact]
    public async Task CostsOfItems_CountAgainstTheKeysRate()
    {
        await using var rig = Rig([3, 3, 3], new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 3 }, new CostSpec(1, "/k"));
        await using var feed = await rig.OpenFeedAsync();
        var begin = _time.GetUtcNow();
        for (var item = 0; item < 3; item++)
        {
            feed.Release([Assert.Single(await feed.TakeAsync(rig))]);
            if (item < 2)
                Assert.Equal(begin.AddSeconds((item + 1) * 3), feed.NextDue);
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.True(feed.HoldsNothing);
    }

    [Fact]
    public async Task OpenKeys_AreNoMoreThanTheWindow_AndWhatIsLeftOfThemIsSmall()
    {
        await using var rig = Rig([.. Enumerable.Range(0, 6_000).Select(i => i % 3_000)], new PerKeySpec("/k") { Ordered = true });
        await using var feed = await rig.OpenFeedAsync();
        var workers = await feed.TakeAsync(rig);
        Assert.Equal((KeyedFeed.MinWindow, KeyedFeed.MinWindow), (workers.Count, feed.Next));
        Assert.Equal(KeyedFeed.MinWindow, feed.DescribeKeys().Count);
        Assert.Equal(KeyedFeed.MinWindow, feed.WaitingForKey);
        Assert.Equal(0, feed.CountStartable());
        feed.Release(workers);
        Assert.True(feed.CountStartable() > 0);
    }

    [Fact]
    public async Task KeyWhoseLastItemIsInFlight_IsHeldUntilThatIsReleased()
    {
        await using var rig = Rig([0], OneAtATime);
        await using var feed = await rig.OpenFeedAsync();
        var last = await feed.TakeAsync(rig);
        Assert.Equal((true, false), (feed.IsRangeTaken, feed.HoldsNothing));
        feed.Release(last);
        Assert.True(feed.HoldsNothing);
    }

    [Fact]
    public async Task ItemsWaitingForTheirKey_AreThoseThatWereNotTaken()
    {
        await using var rig = Rig([.. Enumerable.Repeat(0, 10), 1], OneAtATime);
        await using var feed = await rig.OpenFeedAsync();
        // Of key 0 one is in flight; of key 1 all there is.
        Assert.Equal(2, (await feed.TakeAsync(rig)).Count);
        Assert.Equal(9, feed.WaitingForKey);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(2, 1)]
    public async Task NextDue_IsARetryOrAKeysNextStart_WhicheverComesFirst(double retrySeconds, double dueSeconds)
    {
        await using var rig = Rig([0, 0, 1], OneASecond);
        await using var feed = await rig.OpenFeedAsync();
        var begin = _time.GetUtcNow();
        var workers = (await feed.TakeAsync(rig)).ToDictionary(worker => worker.Item.Index);
        feed.Release([workers[0]]);
        feed.Retry(workers[2], begin.AddSeconds(retrySeconds));
        Assert.Equal(begin.AddSeconds(dueSeconds), feed.NextDue);
    }

    [Fact]
    public async Task StartThatWasHeldUp_SpacesTheNextFromWhenItCame()
    {
        await using var rig = Rig([0, 0], OneASecond);
        await using var feed = await rig.OpenFeedAsync();
        var begin = _time.GetUtcNow();
        var worker = Assert.Single(await feed.TakeAsync(rig));
        _time.Advance(TimeSpan.FromSeconds(4));
        feed.NoteStart(worker);
        feed.Release([worker]);
        Assert.Empty(await feed.TakeAsync(rig));
        Assert.Equal(begin.AddSeconds(5), feed.NextDue);
    }

    [Fact]
    public async Task KeyThatWasThrottled_IsNotReadOn()
    {
        await using var rig = Rig([.. Enumerable.Repeat(0, 1_000)], new PerKeySpec("/k") { Concurrency = 1_000 });
        await using var feed = await rig.OpenFeedAsync();
        var key = Assert.Single(await feed.TakeAsync(rig, most: 1)).Key!;
        using var worker = new Worker(rig.Scope, static () => { });
        Take next;
        do
            next = feed.Take(worker);
        while (next == Take.Item);
        // All that was loaded is in flight, and more is there.
        Assert.Equal(Take.Read, next);
        feed.NoteThrottled(key, TimeSpan.FromSeconds(2));
        Assert.Equal(Take.Nothing, feed.Take(worker));
    }

    [Fact]
    public async Task CostsOfAKeysItems_CountHoweverOftenItIsLoaded()
    {
        const int Items = 1_000;
        await using var rig = Rig([.. Enumerable.Repeat(3, Items)], new PerKeySpec("/k") { Concurrency = 9 }, new CostSpec(1, "/k"));
        await using var feed = await rig.OpenFeedAsync();
        for (var taken = 0; taken < Items; taken += 3)
        {
            var workers = await feed.TakeAsync(rig);
            Assert.Equal(Math.Min(3, Items - taken), workers.Count);
            feed.Release(workers);
        }

        Assert.True(feed.HoldsNothing);
    }

    [Fact]
    public async Task ItemThatIsTriedAgain_CountsForWhatItCosts()
    {
        // The items cost 1, 1, 2, 3, 4, 5.
        await using var rig = Rig([0, 0, 0, 0, 0, 0], new PerKeySpec("/k") { Concurrency = 8 }, new CostSpec(1, "/n"));
        await using var feed = await rig.OpenFeedAsync();
        var first = await feed.TakeAsync(rig);
        Assert.Equal([1, 1, 2, 3], first.Select(worker => worker.KeyUnits));
        feed.Release(first[..2]);
        feed.Retry(first[2], _time.GetUtcNow());
        feed.Retry(first[3], _time.GetUtcNow());
        Assert.Equal([(2L, 2), (3, 3)], (await feed.TakeAsync(rig)).Select(worker => (worker.Item.Index, worker.KeyUnits)));
    }

    private BatchRig Rig(IReadOnlyList<int> keys, PerKeySpec perKey, CostSpec? cost = null) =>
        KeyedRig.Create(keys, perKey, (_, _, _, _) => ValueTask.CompletedTask, _time, concurrency: 64, flow: new FlowSpec { Cost = cost });
}
