using System.Collections.Concurrent;
using Fanout.Conformance.Dispatch;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>Whole runs whose batches are worked by workers that share nothing but storage and a queue.</summary>
public sealed class QueueRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task SeveralWorkers_HandleEachItemOnce()
    {
        const int Items = 2_000;
        var handled = new ConcurrentDictionary<int, int>();
        await using var home = await QueueHome.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            home.AddWorker(number =>
            {
                handled.AddOrUpdate(number, 1, (_, times) => times + 1);
                return number * 2;
            });
        }

        var report = await home.Home.RunAsync(QueueHome.Spec(Items, """ "concurrency": 8 """, """ "lanes": 4, "branches": 2 """, """ "results": { "reduce": "sum" } """)).WaitAsync(Patience);
        Assert.Equal((RunStatus.Succeeded, (long)Items, "3998000"), (report.Status, report.Tally.Succeeded, report.Reduced!.Value.GetRawText()));
        Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), (await home.Home.ResultsAsync("r")).Select(line => line.Index));
        Assert.Equal(Items, handled.Count);
        Assert.All(handled.Values, times => Assert.Equal(1, times));
        Assert.Equal(0, home.Queue.Count);
    }

    [Fact]
    public async Task LanesTell_WhatTheyCameToOverTheWholeRun()
    {
        await using var home = await QueueHome.OpenAsync();
        var worker = home.AddWorker<int>(async (number, _, _, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, token);
            return number % 10 == 0 ? throw new PermanentItemException("no") : number;
        });
        // Many batches a lane, and several branches in each place.
        var report = await home.Home.RunAsync(QueueHome.Spec(1_000, """ "concurrency": 8 """, """ "lanes": 4, "branches": 2, "maxItems": 20 """)).WaitAsync(Patience);
        await worker.StopAsync();
        await worker.DisposeAsync();
        var lanes = home.Catalog.Of("r").ToList();
        Assert.Equal(4, lanes.Count);
        Assert.Equal((report.Tally.Succeeded, report.Tally.Failed), (lanes.Sum(lane => lane.Succeeded), lanes.Sum(lane => lane.Failed)));
    }

    [Fact]
    public async Task EverythingSentAndBroughtTwice_CountsOnce()
    {
        const int Items = 1_000;
        await using var home = await QueueHome.OpenAsync();
        var handled = new ConcurrentDictionary<int, int>();
        home.Queue.MessageCopies = 2;
        home.Queue.ResultCopies = 2;
        home.AddWorker(Handle);
        home.AddWorker(Handle);
        var report = await home.Home.RunAsync(QueueHome.Spec(Items, """ "concurrency": 4 """, """ "lanes": 4 """)).WaitAsync(Patience);
        Assert.Equal((RunStatus.Succeeded, (long)Items), (report.Status, report.Tally.Succeeded));
        Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), (await home.Home.ResultsAsync("r")).Select(line => line.Index));
        // Who comes second finds the batch claimed, or done.
        Assert.All(handled.Values, times => Assert.Equal(1, times));

        int Handle(int number)
        {
            handled.AddOrUpdate(number, 1, (_, times) => times + 1);
            return number;
        }
    }

    [Fact]
    public async Task WorkerThatIsKilled_IsGoneOnForWhereItsCheckpointWas()
    {
        const int Items = 600;
        var handled = new ConcurrentDictionary<int, int>();
        await using var home = await QueueHome.OpenAsync();
        var first = home.AddWorker<int>(async (number, self, _, token) =>
        {
            if (number == 150)
                await self.DieAsync();
            return await CountAsync(number, token);
        }, QueueHome.Mortal);
        var run = home.Home.RunAsync(QueueHome.Spec(Items, """ "concurrency": 4 """, """ "lanes": 2, "checkpoint": "50ms" """));
        await first.Death.WaitAsync(Patience);
        home.AddWorker<int>((number, _, _, token) => CountAsync(number, token));
        var report = await run.WaitAsync(Patience);

        Assert.Equal((RunStatus.Succeeded, (long)Items), (report.Status, report.Tally.Succeeded));
        Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), (await home.Home.ResultsAsync("r")).Select(line => line.Index));
        Assert.All(handled.Values, times => Assert.InRange(times, 1, 2));

        async ValueTask<int> CountAsync(int number, CancellationToken token)
        {
            handled.AddOrUpdate(number, 1, (_, times) => times + 1);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, token);
            return number;
        }
    }

    [Fact]
    public async Task ItemThatKillsItsWorkers_IsFoundByHalvingAndFailsAlone()
    {
        const int Poison = 37;
        await using var home = await QueueHome.OpenAsync();
        var run = home.Home.RunAsync(QueueHome.Spec(100, """ "concurrency": 8 """, """ "lanes": 2, "checkpoint": "50ms" """));
        var deaths = await home.KeepWorkersAsync<int>(2, HandleAsync, run).WaitAsync(Patience);
        var report = await run;

        Assert.Equal((RunStatus.CompletedWithFailures, 99L, 1L), (report.Status, report.Tally.Succeeded, report.Tally.Failed));
        var lines = await home.Home.ResultsAsync("r");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), lines.Select(line => line.Index));
        var failed = Assert.Single(lines, line => line.Status == OutcomeStatus.Failed);
        Assert.Equal((Poison, "WorkerCrashed"), (failed.Index, failed.Error!.Type));
        Assert.Contains("crashed its worker", failed.Error.Message, StringComparison.Ordinal);
        // Twice before it is suspected, once for each halving of a lane's few, twice alone.
        Assert.InRange(deaths, 4, 12);

        static async ValueTask<int> HandleAsync(int number, TestWorker self, ItemContext context, CancellationToken token)
        {
            if (number == Poison)
                await self.DieAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, token);
            return number;
        }
    }

    [Fact]
    public async Task ItemOfAnOrderedKeyThatKillsItsWorkers_FailsAloneAndItsKeyGoesOnInOrder()
    {
        const int Items = 120;
        var order = new ConcurrentDictionary<int, ConcurrentQueue<int>>();
        await using var home = await QueueHome.OpenAsync();
        home.Home.File("orders.jsonl", [.. Enumerable.Range(0, Items).Select(i => $$"""{"tenant":{{i % 12}},"number":{{i}}}""")]);
        var spec = $$"""
            { "id": "r", "handler": { "name": "work" }, "source": { "kind": "jsonl", "path": "{{Path.Combine(home.Home.Path, "orders.jsonl")}}" },
              "flow": { "concurrency": 4, "perKey": { "key": "/tenant", "ordered": true } },
              "batch": { "dispatch": "queue", "lanes": 2, "checkpoint": "50ms" } }
            """;
        var run = home.Home.RunAsync(spec);
        await home.KeepWorkersAsync<Order>(2, HandleAsync, run).WaitAsync(Patience);
        var report = await run;

        Assert.Equal((Items - 1L, 1L), (report.Tally.Succeeded, report.Tally.Failed));
        Assert.Equal((65L, "WorkerCrashed"), (await home.Home.ResultsAsync("r")).Where(line => line.Error is not null).Select(line => (line.Index, line.Error!.Type)).Single());
        Assert.Equal(12, order.Count);
        foreach (var numbers in order.Values.Select(numbers => numbers.Distinct().ToList()))
            Assert.Equal(numbers.Order(), numbers);

        async ValueTask<int> HandleAsync(Order item, TestWorker self, ItemContext context, CancellationToken token)
        {
            if (item.Number == 65)
                await self.DieAsync();
            order.GetOrAdd(item.Tenant, _ => new()).Enqueue(item.Number);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, token);
            return item.Number;
        }
    }

    [Fact]
    public async Task WorkersThatAreKilledAllTheTime_DoNotGetItemsBlamed()
    {
        await using var home = await QueueHome.OpenAsync();
        var handled = 0;
        var run = home.Home.RunAsync(QueueHome.Spec(100, """ "concurrency": 4 """, """ "lanes": 2, "checkpoint": "20ms" """));
        var deaths = await home.KeepWorkersAsync<int>(
            2,
            async (number, self, _, token) =>
            {
                // Whatever it is that is being handled then.
                if (Interlocked.Increment(ref handled) % 25 == 0)
                    await self.DieAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, token);
                return number;
            },
            run).WaitAsync(Patience);
        Assert.InRange(deaths, 3, 100);
        Assert.Equal(100, (await run).Tally.Succeeded);
    }

    [Fact]
    public async Task WorkerThatIsStopped_HandsTheRestOnAndNothingIsHandledTwice()
    {
        const int Items = 300;
        var handled = new ConcurrentDictionary<int, int>();
        var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var home = await QueueHome.OpenAsync();
        var first = home.AddWorker<int>((number, _, _, token) => CountAsync(number, token));
        var run = home.Home.RunAsync(QueueHome.Spec(Items, """ "concurrency": 4 """, """ "lanes": 2 """));
        await halfway.Task.WaitAsync(Patience);
        await first.StopAsync().WaitAsync(Patience);
        Assert.False(run.IsCompleted);
        home.AddWorker<int>((number, _, _, token) => CountAsync(number, token));
        Assert.Equal(Items, (await run.WaitAsync(Patience)).Tally.Succeeded);
        Assert.All(handled.Values, times => Assert.Equal(1, times));

        async ValueTask<int> CountAsync(int number, CancellationToken token)
        {
            handled.AddOrUpdate(number, 1, (_, times) => times + 1);
            if (handled.Count == 50)
                halfway.TrySetResult();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, token);
            return number;
        }
    }

    [Fact]
    public async Task Tolerance_HoldsOverAllWorkers()
    {
        await using var home = await QueueHome.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            home.AddWorker<int>(async (_, _, _, token) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token);
                throw new PermanentItemException("no");
            }, QueueHome.Patient with { Loops = 1 });
        }

        // Alone neither would see more than half of them fail before the run's end.
        var report = await home.Home.RunAsync(QueueHome.Spec(1_000, """ "concurrency": 2 """, """ "lanes": 2 """, """ "failure": { "tolerate": { "count": 150 } } """)).WaitAsync(Patience);
        Assert.Equal((RunStatus.Failed, CompletionReason.ToleranceExceeded), (report.Status, report.Reason));
        // Two at a time, each 20 ms, felt within two seconds.
        Assert.InRange(report.Tally.Failed, 151, 400);
    }

    [Fact]
    public async Task Cancel_ReachesHandlersOfWorkers()
    {
        using var started = new SemaphoreSlim(0);
        await using var home = await QueueHome.OpenAsync();
        home.AddWorker<int>(async (number, _, _, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return number;
        });
        var run = home.Home.RunAsync(QueueHome.Spec(100, """ "concurrency": 2 """, """ "lanes": 2 """));
        for (var i = 0; i < 2; i++)
            Assert.True(await started.WaitAsync(Patience));
        await home.Home.Fanout.Client.CancelAsync("r", CancellationToken.None);
        var report = await run.WaitAsync(Patience);
        Assert.Equal((RunStatus.Cancelled, 2L, 98L), (report.Status, report.Tally.Cancelled, report.NotStarted));
    }

    [Fact]
    public async Task PauseResumeAndRetune_ReachWorkers()
    {
        var inFlight = 0;
        var most = 0;
        var handled = 0;
        await using var home = await QueueHome.OpenAsync();
        home.AddWorker<int>(async (number, _, _, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inFlight));
            Interlocked.Increment(ref handled);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, token);
            Interlocked.Decrement(ref inFlight);
            return number;
        });
        var id = await home.Home.StartAsync(QueueHome.Spec(150, """ "concurrency": 2 """, """ "lanes": 2 """));
        await home.Home.Fanout.Client.PauseAsync(id, CancellationToken.None);
        var run = home.Home.Fanout.Driver.DriveAsync(id, CancellationToken.None, CancellationToken.None);
        await home.Home.UntilAsync(id, progress => progress?.WaitingFor == "paused");
        Assert.Equal(0, Volatile.Read(ref handled));
        await home.Home.Fanout.Client.RetuneAsync(id, new Retune { Concurrency = 6 }, CancellationToken.None);
        await home.Home.Fanout.Client.ResumeAsync(id, CancellationToken.None);
        Assert.Equal(150, (await run.WaitAsync(Patience))!.Tally.Succeeded);
        Assert.InRange(most, 3, 6);
    }

    [Fact]
    public async Task Rate_HoldsOverAllBatchesOfAllLanes()
    {
        var starts = new ConcurrentQueue<long>();
        await using var home = await QueueHome.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            home.AddWorker(number =>
            {
                starts.Enqueue(TimeProvider.System.GetTimestamp());
                return number;
            });
        }

        // Each batch ends after one item: a burst for each of them would start all items at once.
        await home.Home.RunAsync(QueueHome.Spec(60, """ "concurrency": 4, "rate": "20/s", "burst": 4 """, """ "lanes": 4, "maxItems": 1 """)).WaitAsync(Patience);
        var times = starts.Order().ToList();
        Assert.Equal(60, times.Count);
        var took = TimeProvider.System.GetElapsedTime(times[0], times[^1]);
        Assert.True(took >= TimeSpan.FromSeconds((60 - 4 - 1) / 20.0), $"60 starts took {took}");
    }

    [Fact]
    public async Task CoordinatorThatDiesAfterSending_FindsTheResultsWhenItIsBack()
    {
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        var queue = new MemoryBatchQueue(TimeProvider.System);
        var spec = QueueHome.Spec(200, """ "concurrency": 4 """, """ "lanes": 2 """);
        await using (var first = await QueueHome.OpenAsync(directory, queue))
        {
            using var stop = new CancellationTokenSource();
            var id = await first.Home.StartAsync(spec);
            var driving = first.Home.Fanout.Driver.DriveAsync(id, stop.Token, stop.Token);
            while (queue.Count < 2)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            await stop.CancelAsync();
            Assert.Null(await driving.WaitAsync(Patience));
        }

        await using (var second = await QueueHome.OpenAsync(directory, queue))
        {
            var worker = second.AddWorker(number => number);
            var report = await second.Home.RunAsync(spec).WaitAsync(Patience);
            Assert.Equal((RunStatus.Succeeded, 200L), (report.Status, report.Tally.Succeeded));
            Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), (await second.Home.ResultsAsync("r")).Select(line => line.Index));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task WorkerThatLacksTheHandler_LeavesItsBatchesToOthers()
    {
        await using var home = await QueueHome.OpenAsync();
        await using var lacking = new TestWorker(home.Home.Fanout.Environment, home.Queue, QueueHome.Patient, (_, _) => { });
        var run = home.Home.RunAsync(QueueHome.Spec(10, """ "concurrency": 2 """, """ "lanes": 1 """));
        while (home.Queue.Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        home.AddWorker(number => number);
        Assert.Equal(10, (await run.WaitAsync(Patience)).Tally.Succeeded);
    }

    private sealed record Order(int Tenant, int Number);
}
