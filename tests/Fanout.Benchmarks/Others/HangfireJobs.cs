using System.Diagnostics;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.States;
using Hangfire.Storage.SQLite;

namespace Fanout.Benchmarks.Others;

/// <summary>Hangfire: a job an item. All are enqueued, then worked, which was kinder to its SQLite storage than both at once; both count.</summary>
internal sealed class HangfireJobs : IContender
{
    private readonly Func<Workload, Scratch, JobStorage> _open;

    private HangfireJobs(string name, string note, double noopsPerSecond, Func<Workload, Scratch, JobStorage> open)
    {
        (Name, Note, NoopsPerSecond) = (name, note, noopsPerSecond);
        _open = open;
    }

    public static HangfireJobs InMemory { get; } = new(
        "hangfire-memory", "Hangfire, in memory: survives no kill; no rate; retries; results", 6_000, (_, _) => new InMemoryStorage());

    // Each worker has a connection, and so has the server for itself.
    public static HangfireJobs Sqlite { get; } = new(
        "hangfire-sqlite", "Hangfire on SQLite: survives a kill; no rate; retries; results", 40,
        (work, scratch) => new SQLiteStorage(scratch.Own("hangfire.db"), new SQLiteStorageOptions { PoolSize = work.Concurrency + 20 }));

    public string Name { get; }

    public string? Note { get; }

    public double NoopsPerSecond { get; }

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var storage = _open(work, scratch);
        try
        {
            var countdown = new ItemCountdown(items);
            var options = new BackgroundJobServerOptions { WorkerCount = work.Concurrency, Activator = new OneJob(new ItemJob(work, countdown)) };
            var started = Stopwatch.GetTimestamp();
            var client = new BackgroundJobClient(storage);
            foreach (var line in File.ReadLines(path))
                client.Create<ItemJob>(job => job.RunAsync(line), new EnqueuedState());
            using (new BackgroundJobServer(options, storage))
            {
                await countdown.Done;
                return Stopwatch.GetElapsedTime(started);
            }
        }
        finally
        {
            (storage as IDisposable)?.Dispose();
        }
    }

    private sealed class OneJob(ItemJob job) : JobActivator
    {
        public override object ActivateJob(Type jobType) => job;
    }
}
