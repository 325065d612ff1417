using CsCheck;
using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>What a feed gives when, step by step.</summary>
public sealed class KeyedFeedTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ThrottledKey_HasHalfItsConcurrencyAndGetsItBackStepByStep()
    {
        await using var rig = Rig([.. Enumerable.Repeat(0, 500), .. Enumerable.Repeat(1, 500)], new PerKeySpec("/k") { Concurrency = 8 });
        await using var feed = await OpenAsync(rig);
        var workers = await TakeAsync(feed, rig, 100);
        Assert.Equal([8, 8], workers.GroupBy(worker => worker.Key!.Number).Select(group => group.Count()));

        var key = workers[0].Key!;
        feed.NoteThrottled(key, TimeSpan.FromSeconds(2));
        Release(feed, workers);
        Assert.Single((await TakeAsync(feed, rig, 100)).GroupBy(worker => worker.Key!.Number));
        _time.Advance(TimeSpan.FromSeconds(2));
        var slowed = await TakeAsync(feed, rig, 100);
        Assert.Equal(4, slowed.Count);
        Assert.All(slowed, worker => Assert.Same(key, worker.Key));
        for (var seconds = 0; seconds < 6; seconds++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            feed.NoteSuccess(key);
        }

        Release(feed, slowed);
        Assert.Equal(8, (await TakeAsync(feed, rig, 100)).Count);
    }

    [Fact]
    public Task AnyCosts_CountAgainstTheKeysConcurrency() =>
        Gen.Select(Gen.Int[1, 9].Array[1, 60], Gen.Int[1, 7], Gen.Int).SampleAsync(async (costs, concurrency, seed) =>
        {
            // The key is the cost: of each key items cost the same.
            var random = new Random(seed);
            await using var rig = Rig(costs, new PerKeySpec("/k") { Concurrency = concurrency }, new CostSpec(1, "/k"));
            await using var feed = await OpenAsync(rig);
            var inFlight = new List<Worker>();
            var taken = 0;
            while (true)
            {
                var more = await TakeAsync(feed, rig, int.MaxValue);
                taken += more.Count;
                inFlight.AddRange(more);
                foreach (var ofKey in inFlight.GroupBy(worker => worker.Key!.Number))
                    Assert.True(ofKey.Count() == 1 || ofKey.Sum(worker => worker.KeyUnits) <= concurrency);
                if (inFlight.Count == 0)
                    break;
                var next = inFlight[random.Next(inFlight.Count)];
                inFlight.Remove(next);
                Release(feed, [next]);
            }

            Assert.Equal(costs.Length, taken);
            Assert.True(feed is { HoldsNothing: true, IsRangeTaken: true });
        }, iter: 100, threads: 1);

    [Fact]
    public async Task CostsOfItems_CountAgainstTheKeysRate()
    {
        await using var rig = Rig([3, 3, 3], new PerKeySpec("/k") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 3 }, new CostSpec(1, "/k"));
        await using var feed = await OpenAsync(rig);
        var begin = _time.GetUtcNow();
        for (var item = 0; item < 3; item++)
        {
            Release(feed, [Assert.Single(await TakeAsync(feed, rig, 100))]);
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
        await using var feed = await OpenAsync(rig);
        var workers = await TakeAsync(feed, rig, int.MaxValue);
        Assert.Equal((KeyedFeed.MinWindow, KeyedFeed.MinWindow), (workers.Count, feed.Next));
        Assert.Equal(KeyedFeed.MinWindow, feed.DescribeKeys().Count);
        Assert.Equal(KeyedFeed.MinWindow, feed.WaitingForKey);
        Assert.Equal(0, feed.CountStartable());
        Release(feed, workers);
        Assert.True(feed.CountStartable() > 0);
    }

    private static async Task<List<Worker>> TakeAsync(ItemFeed feed, BatchRig rig, int most)
    {
        var workers = new List<Worker>();
        while (workers.Count < most)
        {
            var worker = new Worker(rig.Scope, static () => { });
            switch (feed.Take(worker))
            {
                case Take.Item:
                    workers.Add(worker);
                    break;
                case Take.Read:
                    await feed.BeginLoad();
                    feed.EndLoad();
                    break;
                default:
                    return workers;
            }
        }

        return workers;
    }

    private static void Release(ItemFeed feed, IReadOnlyList<Worker> workers)
    {
        foreach (var worker in workers)
            feed.Release(worker.Key!, worker.KeyUnits);
    }

    private static async Task<ItemFeed> OpenAsync(BatchRig rig)
    {
        var plan = await rig.PlanAsync();
        return await ItemFeed.OpenAsync(rig.Scope, new BatchInput("run", "b", plan, 0, plan.ByKey!.Value.Keys, [], 0, 1, 1), null);
    }

    private BatchRig Rig(IReadOnlyList<int> keys, PerKeySpec perKey, CostSpec? cost = null) =>
        KeyedRig.Create(keys, perKey, (_, _, _, _) => ValueTask.CompletedTask, _time, concurrency: 64, flow: new FlowSpec { Cost = cost });
}
