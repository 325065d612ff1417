using System.Collections.Concurrent;
using Fanout.Conformance.Dispatch;
using Fanout.Dispatch;
using Fanout.Embedded.Tests.Runs;
using Fanout.Handlers;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>A coordinator that works no batch itself, a queue, and as many workers as a test asks for. The handler is called <c>work</c>.</summary>
internal sealed class QueueHome : IAsyncDisposable
{
    /// <summary>Options of workers that are not killed: nothing is taken from them, however busy the machine is.</summary>
    public static BatchWorkerOptions Patient { get; } = new() { Loops = 4, IdleAtMost = TimeSpan.FromMilliseconds(100) };

    /// <summary>Options of workers that are killed: a death is noticed soon.</summary>
    public static BatchWorkerOptions Mortal { get; } = Patient with { Visibility = TimeSpan.FromSeconds(2), MaxDeliveries = 2 };

    private readonly ConcurrentBag<TestWorker> _workers = [];

    private QueueHome(TestHome home, MemoryBatchQueue queue, ShardedCatalog catalog)
    {
        Home = home;
        Queue = queue;
        Catalog = catalog;
    }

    public TestHome Home { get; }

    public MemoryBatchQueue Queue { get; }

    public ShardedCatalog Catalog { get; }

    public static async Task<QueueHome> OpenAsync(string? directory = null, MemoryBatchQueue? queue = null)
    {
        queue ??= new MemoryBatchQueue(TimeProvider.System);
        ShardedCatalog? catalog = null;
        var home = await TestHome.OpenAsync(
            fanout => fanout.AddHandler<int, int>("work", _ => throw new InvalidOperationException("A coordinator works no batches.")),
            directory,
            grace: TimeSpan.Zero,
            storage: storage => storage with { Queue = queue, Completions = queue, Catalog = catalog = new ShardedCatalog(storage.Catalog) });
        return new QueueHome(home, queue, catalog!);
    }

    public TestWorker AddWorker<TItem>(Func<TItem, TestWorker, ItemContext, CancellationToken, ValueTask<int>> handle, BatchWorkerOptions? options = null)
    {
        var worker = new TestWorker(Home.Fanout.Environment, Queue, options ?? Patient, (fanout, self) => fanout.AddHandler<TItem, int>(
            "work", (item, context, token) => handle(item, self, context, token)));
        _workers.Add(worker);
        return worker;
    }

    public TestWorker AddWorker(Func<int, int> handle) => AddWorker<int>((number, _, _, _) => ValueTask.FromResult(handle(number)));

    /// <summary>Keeps as many workers, each killed one replaced by another, until the task ends. Returns how many were killed.</summary>
    public async Task<int> KeepWorkersAsync<TItem>(int count, Func<TItem, TestWorker, ItemContext, CancellationToken, ValueTask<int>> handle, Task until)
    {
        var deaths = await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            for (var died = 0; ; died++)
            {
                var worker = AddWorker(handle, Mortal);
                if (await Task.WhenAny(worker.Death, until) == until)
                    return died;
            }
        }));
        return deaths.Sum();
    }

    /// <summary>A spec for the numbers from 0 up to <paramref name="items"/>.</summary>
    public static string Spec(int items, string flow, string batch = "", string rest = "") => $$"""
        { "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": {{items}} },
          "flow": { {{flow}} }, "batch": { "dispatch": "queue"{{(batch.Length > 0 ? $", {batch}" : "")}} }{{(rest.Length > 0 ? $", {rest}" : "")}} }
        """;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Home.DisposeAsync();
    }
}
