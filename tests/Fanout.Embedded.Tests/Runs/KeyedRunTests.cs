using System.Collections.Concurrent;
using Fanout.Handlers;
using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>Limits and order by key, on whole runs with several lanes.</summary>
public sealed class KeyedRunTests
{
    [Fact]
    public async Task KeysConcurrency_HoldsOverAllLanes_AndResultsComeInItemOrder()
    {
        var inFlight = new ConcurrentDictionary<int, int>();
        var most = new ConcurrentDictionary<int, int>();
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<Order, int>("work", async (order, _, token) =>
        {
            var now = inFlight.AddOrUpdate(order.Tenant, 1, (_, count) => count + 1);
            most.AddOrUpdate(order.Tenant, now, (_, seen) => Math.Max(seen, now));
            await Task.Yield();
            inFlight.AddOrUpdate(order.Tenant, 0, (_, count) => count - 1);
            return order.Number;
        }));
        const int Items = 3_000;
        home.Orders(Enumerable.Range(0, Items).Select(i => i % 3 == 0 ? 0 : i % 40));
        var report = await home.RunAsync(Spec(home, """ "perKey": { "key": "/tenant", "concurrency": 2 }, "concurrency": 32 """, """ "lanes": 6, "branches": 2 """));

        Assert.Equal((Items, Items), (report.Total, report.Tally.Succeeded));
        Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), (await home.ResultsAsync("r")).Select(line => line.Output!.Value.GetInt64()));
        Assert.All(most.Values, count => Assert.InRange(count, 1, 2));
    }

    [Fact]
    public async Task OrderedKeys_RunInOrderWhateverInterruptsTheRun()
    {
        const int Items = 2_000;
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        var handled = 0;
        var overlapped = false;
        var inFlight = new ConcurrentDictionary<int, int>();
        RunReport? report = null;
        var inLives = new List<ConcurrentDictionary<int, ConcurrentQueue<(int Number, int Attempt)>>>();
        for (var life = 1; report is null; life++)
        {
            using var abort = new CancellationTokenSource();
            var most = life < 7 ? handled + (life * 60) : int.MaxValue;
            var seen = new ConcurrentDictionary<int, ConcurrentQueue<(int Number, int Attempt)>>();
            inLives.Add(seen);
            inFlight.Clear();
            await using var home = await TestHome.OpenAsync(
                fanout => fanout.AddHandler<Order, int>("work", (order, context, token) => HandleAsync(order, context, seen, most, abort, token)), directory, grace: TimeSpan.Zero);
            if (life == 1)
                home.Orders(Enumerable.Range(0, Items).Select(i => i * 7 % 23));
            report = await home.Fanout.Driver.DriveAsync(await home.StartAsync(Spec(
                home, """ "perKey": { "key": "/tenant", "ordered": true }, "concurrency": 8 """, """ "checkpoint": "10ms", "slice": "100ms", "lanes": 4 """)), abort.Token, abort.Token);
            if (report is not null)
                Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), (await home.ResultsAsync("r")).Select(line => line.Index));
        }

        Assert.Equal(Items, report.Tally.Succeeded);
        Assert.False(overlapped);
        foreach (var ofTenant in inLives.SelectMany(life => life.Values))
        {
            var numbers = ofTenant.Select(item => item.Number).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        Directory.Delete(directory, recursive: true);

        async ValueTask<int> HandleAsync(
            Order order, ItemContext context, ConcurrentDictionary<int, ConcurrentQueue<(int, int)>> seen, int most, CancellationTokenSource abort, CancellationToken token)
        {
            overlapped |= inFlight.AddOrUpdate(order.Tenant, 1, (_, count) => count + 1) > 1;
            seen.GetOrAdd(order.Tenant, _ => new()).Enqueue((order.Number, context.Attempt));
            if (Interlocked.Increment(ref handled) == most)
                await abort.CancelAsync();
            await Task.Yield();
            inFlight.AddOrUpdate(order.Tenant, 0, (_, count) => count - 1);
            token.ThrowIfCancellationRequested();
            return order.Number % 10 != 1 || context.Attempt == 2 ? order.Number : throw new InvalidOperationException("not yet");
        }
    }

    [Fact]
    public async Task SlowKeys_AsManyAsLanes_DoNotHoldUpTheOthers()
    {
        const int Slow = 6;
        const int Others = 4_000;
        var othersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = 0;
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<Order, int>("work", async (order, _, _) =>
        {
            if (order.Tenant < Slow)
                await othersDone.Task;
            else if (Interlocked.Increment(ref done) == Others)
                othersDone.SetResult();
            return order.Number;
        }));
        // Far more items of the slow tenants than there are of others, in every batch; slices end while they are held.
        home.Orders(Enumerable.Range(0, Slow * 1_000).Select(i => i % Slow).Concat(Enumerable.Range(0, Others).Select(i => Slow + (i % 900))));
        var report = await home.RunAsync(Spec(home, """ "perKey": { "key": "/tenant", "concurrency": 1 }, "concurrency": 16 """, """ "slice": "100ms", "lanes": 4 """));
        Assert.Equal((Slow * 1_000) + Others, report.Tally.Succeeded);
    }

    [Fact]
    public async Task RedriveOfAKeyedRun_TakesWhatDidNotSucceed_ByKeyAgain()
    {
        var fails = true;
        var order = new ConcurrentDictionary<int, ConcurrentQueue<int>>();
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<Order, int>("work", (item, _, _) =>
        {
            if (fails && item.Number % 3 == 0)
                throw new PermanentItemException("no");
            if (!fails)
                order.GetOrAdd(item.Tenant, _ => new()).Enqueue(item.Number);
            return ValueTask.FromResult(item.Number);
        }));
        home.Orders(Enumerable.Range(0, 900).Select(i => i * 5 % 17));
        const string Flow = """ "perKey": { "key": "/tenant", "ordered": true } """;
        Assert.Equal(300, (await home.RunAsync(Spec(home, Flow, ""))).Tally.Failed);
        fails = false;
        var report = await home.RunAsync($$"""{ "id": "again", "handler": { "name": "work" }, "source": { "kind": "redrive", "run": "r" }, "flow": { {{Flow}} } }""");

        Assert.Equal((300, 300L), (report.Total, report.Tally.Succeeded));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"r/{i * 3}"), (await home.ResultsAsync("again")).Select(line => line.Key));
        Assert.All(order.Values, numbers => Assert.Equal(numbers.Order(), numbers));
    }

    [Fact]
    public async Task Preview_LeavesNothingBehindAndSaysHowManyKeysThereAre()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<Order, int>("work", (order, _, _) => ValueTask.FromResult(order.Number)));
        home.Orders(Enumerable.Range(0, 100).Select(i => i % 10 == 0 ? 1 : i));
        var preview = await home.Fanout.Client.PreviewAsync(
            home.Read(Spec(home, """ "perKey": { "key": "/tenant", "rate": "2/s", "burst": 1 } """, "")), CancellationToken.None);
        Assert.Equal(100, preview.Items);
        Assert.Contains("90 keys", preview.Note, StringComparison.Ordinal);
        // Its largest key has 11 items, at 2 a second.
        Assert.Equal(TimeSpan.FromSeconds(5), preview.MinimumByRate);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(home.Path, "preview-*", SearchOption.AllDirectories), _ => true);
    }

    private static string Spec(TestHome home, string flow, string batch) => $$"""
        { "id": "r", "handler": { "name": "work" }, "source": { "kind": "jsonl", "path": "{{Path.Combine(home.Path, "orders.jsonl")}}" },
          "flow": { {{flow}} }, "batch": { {{batch}} }, "failure": { "retry": { "maxAttempts": 2, "firstDelay": "1ms" } } }
        """;

    private sealed record Order(int Tenant, int Number);
}

internal static class OrderFile
{
    /// <summary>Writes orders of these tenants, numbered from 0.</summary>
    public static void Orders(this TestHome home, IEnumerable<int> tenants) =>
        home.File("orders.jsonl", [.. tenants.Select((tenant, number) => $$"""{"tenant":{{tenant}},"number":{{number}}}""")]);
}
