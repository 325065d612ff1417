using Fanout.Conformance.Dispatch;
using Fanout.Embedded.Tests.Runs;
using Fanout.Flow;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Sources;
using Xunit;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>Lanes whose batches are worked by workers: what holds them back, what they tell of it, and what becomes of one nobody hears of.</summary>
public sealed class LanesByQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Limit_HoldsOverLanesByQueueAndIsUsedWhole()
    {
        await using var home = await QueueHome.OpenAsync();
        await home.Home.Fanout.Limits.SetAsync(new LimitSpec("crm", 3, null, 1), CancellationToken.None);
        var gauge = new InFlightGauge(3);
        var used = gauge.ReachesAsync(3);
        for (var worker = 0; worker < 2; worker++)
        {
            home.AddWorker<int>(async (number, _, _, token) =>
            {
                gauge.Enter();
                // The first items stay until as many are in flight as may be.
                await used.WaitAsync(token);
                gauge.Leave();
                return number;
            });
        }

        var report = await home.Home.RunAsync(QueueHome.Spec(200, """ "concurrency": 16, "limits": ["crm"] """, """ "lanes": 8 """)).WaitAsync(Patience);
        Assert.Equal((RunStatus.Succeeded, 200L), (report.Status, report.Tally.Succeeded));
        Assert.Null(gauge.Violation);
    }

    [Fact]
    public async Task BatchThatIsLookedFor_IsSentAgainOnlyWhenNobodyCanHaveIt()
    {
        await using var home = await QueueHome.OpenAsync();
        var environment = home.Home.Fanout.Environment;
        await using var scopes = new RunScopes(environment);
        var activities = new Activities(scopes, environment.Catalog, environment.Results, environment.Time, queue: home.Queue);
        var batch = new BatchInput("r", "b0001-l00-00000", new SourcePlan(10, null), 0, 10, [], 0, 1, 1);
        var context = new ActivityContext("enqueue", "r:b0001", CancellationToken.None);
        Assert.True(await activities.EnqueueAsync(batch, context));
        // It may be the one that waits.
        Assert.False(await activities.EnqueueAsync(batch with { Sending = 1 }, context));
        Assert.NotNull(await home.Queue.ReceiveAsync(TimeSpan.FromMinutes(10), CancellationToken.None));
        // Who received it shows that it lives.
        await (BatchCheckpoint.Start(batch) with { At = environment.Time.GetUtcNow() }).WriteAsync(environment.Results, "r", batch.Key, epoch: 1);
        Assert.False(await activities.EnqueueAsync(batch with { Sending = 2 }, context));
        await BatchCheckpoint.DeleteAsync(environment.Results, "r", [batch.Key]);
        Assert.True(await activities.EnqueueAsync(batch with { Sending = 2 }, context));
        Assert.Equal(2, home.Queue.Count);
    }

    [Fact]
    public async Task LanesTell_WhatTheRunWaitsFor()
    {
        await using var home = await QueueHome.OpenAsync();
        home.AddWorker(number => number);
        var running = home.Home.RunAsync(QueueHome.Spec(100, """ "concurrency": 4, "rate": "20/s", "burst": 1 """, """ "lanes": 2 """));
        await TestHome.UntilAsync(() => home.Catalog.Of("r").Any(lane => lane.Waits.Any(share => share is { Cause: WaitCauses.Rate, Percent: > 50 })));
        Assert.All(home.Catalog.Of("r").Where(lane => lane.Waits.Count > 0), lane => Assert.Equal(100, lane.Waits.Sum(share => share.Percent)));
        await running.WaitAsync(Patience);
    }
}
