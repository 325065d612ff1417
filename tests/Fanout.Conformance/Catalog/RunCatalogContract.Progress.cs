using Fanout.Runs;
using Xunit;

namespace Fanout.Conformance.Catalog;

/// <summary>What every catalog promises of a run's progress.</summary>
public abstract partial class RunCatalogContract
{
    [Fact]
    public async Task Progress_IsReplaced()
    {
        var progress = new RunProgress { At = Now, Total = 10, Succeeded = 4, Allotment = new Allotment(8, null, 1), WaitingFor = "rate", Waits = [new("rate", 70), new("handlers", 30)] };
        await Catalog.TryAddAsync(Run("a"), default);

        await Catalog.SetProgressAsync("a", "", new RunProgress { Succeeded = 1 }, default);
        await Catalog.SetProgressAsync("a", "", progress, default);

        Assert.Equivalent(progress, (await Catalog.GetAsync("a", default))!.Progress, strict: true);
    }

    [Fact]
    public async Task Shards_AddUp()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        await Catalog.SetProgressAsync("a", "", new RunProgress { At = Now, Total = 10, Allotment = new Allotment(8, null, 1) }, default);
        await Catalog.SetProgressAsync("a", "lane 0", new RunProgress { At = Now, Succeeded = 9 }, default);
        await Catalog.SetProgressAsync("a", "lane 0", new RunProgress { At = Now, Succeeded = 2, InFlight = 3, ItemsPerSecond = 1.5, Places = 1, Waits = [new("handlers", 100)] }, default);
        await Catalog.SetProgressAsync("a", "lane 1", new RunProgress { At = Now, Failed = 1, InFlight = 4, ItemsPerSecond = 2, Places = 3, Waits = [new("rate", 100)] }, default);

        var expected = new RunProgress
        {
            At = Now,
            Total = 10,
            Allotment = new Allotment(8, null, 1),
            Succeeded = 2,
            Failed = 1,
            InFlight = 7,
            ItemsPerSecond = 3.5,
            Places = 4,
            Waits = [new("rate", 75), new("handlers", 25)],
            WaitingFor = "rate",
        };
        Assert.Equivalent(expected, (await Catalog.GetAsync("a", default))!.Progress, strict: true);
        Assert.Equivalent(expected, Assert.Single(await Catalog.ListAsync(new RunQuery(), default)).Progress, strict: true);
    }

    [Fact]
    public async Task ShardThatIsNotRenewed_KeepsItsCountsAndNothingElse()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        await Catalog.SetProgressAsync("a", "lane 0", new RunProgress { At = Now, Succeeded = 2, InFlight = 3, ItemsPerSecond = 1, Places = 1, Waits = [new("handlers", 100)] }, default);
        Time.Advance(TimeSpan.FromSeconds(10));
        await Catalog.SetProgressAsync("a", "lane 1", new RunProgress { At = Now.AddSeconds(10), Succeeded = 1, InFlight = 1 }, default);

        var expected = new RunProgress { At = Now.AddSeconds(10), Succeeded = 3, InFlight = 1 };
        Assert.Equivalent(expected, (await Catalog.GetAsync("a", default))!.Progress, strict: true);
    }

    [Fact]
    public async Task ShardsAtOnce_AreAllCounted()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(lane => Task.Run(() => Catalog.SetProgressAsync(
            "a", ProgressShard.OfLane(lane), new RunProgress { At = Now, Succeeded = lane }, default))));

        Assert.Equal(780, (await Catalog.GetAsync("a", default))!.Progress!.Succeeded);
    }

    [Fact]
    public async Task ShardsOfAnEndedRun_StayWhatTheyCameTo()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        await Catalog.SetProgressAsync("a", "lane 0", new RunProgress { At = Now, Succeeded = 2 }, default);
        await Catalog.SetProgressAsync("a", "lane 1", new RunProgress { At = Now, Succeeded = 1 }, default);
        await Catalog.CompleteAsync("a", Report("a"), default);

        await Catalog.SetProgressAsync("a", "lane 1", new RunProgress { At = Now, Succeeded = 70 }, default);

        Assert.Equal(3, (await Catalog.GetAsync("a", default))!.Progress!.Succeeded);
        Assert.Equal(3, Assert.Single(await Catalog.ListAsync(new RunQuery(), default)).Progress!.Succeeded);
    }

    [Fact]
    public async Task RunAddedAgainUnderADeletedOnesId_HasNoneOfItsProgress()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        await Catalog.SetProgressAsync("a", "", new RunProgress { At = Now, Succeeded = 1 }, default);
        await Catalog.DeleteAsync("a", default);
        await Catalog.SetProgressAsync("a", "lane 1", new RunProgress { At = Now, Succeeded = 1 }, default);

        Assert.True(await Catalog.TryAddAsync(Run("a"), default));

        Assert.Null((await Catalog.GetAsync("a", default))!.Progress);
    }

    [Fact]
    public async Task Completed_WaitsForNothing()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        await Catalog.SetProgressAsync("a", "", new RunProgress { Succeeded = 4, WaitingFor = "rate", Waits = [new("rate", 100)] }, default);

        await Catalog.CompleteAsync("a", Report("a"), default);

        var last = (await Catalog.GetAsync("a", default))!.Progress!;
        Assert.Equal((4, null), (last.Succeeded, last.WaitingFor));
        Assert.Empty(last.Waits);
    }
}
