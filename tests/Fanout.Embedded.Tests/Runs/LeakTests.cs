using Fanout.Handlers;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>Nothing of a run outlives it and its home: no file, timer, thread, child process, or work in the thread pool.</summary>
[Collection(nameof(Alone))]
public sealed class LeakTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task RunsOfAllKinds_LeaveNothingBehind()
    {
        await RunEachKindAsync();
        var before = await StableAsync(_ => true);
        for (var round = 0; round < 5; round++)
            await RunEachKindAsync();
        // What is on its way out gets a moment; what leaks does not go.
        var after = await StableAsync(now => now.IsNoMoreThan(before));
        Assert.True(after.IsNoMoreThan(before), $"before {before}, after {after}: {string.Join(", ", OpenFiles())}");
    }

    private static async Task RunEachKindAsync()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout
            .AddHandler<int, int>("work", (number, context, _) => number % 5 == 0 && context.Attempt == 1 ? throw new InvalidOperationException("once") : ValueTask.FromResult(number))
            .AddHandler<int, int>("wait", async (number, token) =>
            {
                await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System, token);
                return number;
            })
            .AddHandler<int, int>("deaf", async (number, _) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, CancellationToken.None);
                return number;
            }), grace: TimeSpan.Zero);
        await home.RunAsync("""{ "id": "retries", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 500 }, "failure": { "timeout": "10s", "retry": { "maxAttempts": 2, "firstDelay": "5ms" } } }""");
        await home.RunAsync("""{ "id": "timeouts", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 20 }, "failure": { "timeout": "10ms" } }""");
        await home.RunAsync("""{ "id": "deaf", "handler": { "name": "deaf" }, "source": { "kind": "range", "start": 0, "end": 8 }, "failure": { "timeout": "10ms" } }""");
        await home.RunAsync("""{ "id": "deadline", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 20 }, "failure": { "deadline": "50ms" } }""");
        await home.RunAsync("""{ "id": "exec", "handler": { "name": "exec", "options": { "command": ["echo", "{}"] } }, "source": { "kind": "range", "start": 0, "end": 10 } }""");
        await home.RunAsync("""{ "id": "slow-exec", "handler": { "name": "exec", "options": { "command": ["sleep", "60"] } }, "source": { "kind": "range", "start": 0, "end": 4 }, "failure": { "timeout": "50ms" } }""");
        await home.RunAsync("""{ "id": "redrive", "handler": { "name": "work" }, "source": { "kind": "redrive", "run": "timeouts" } }""");

        var cancelled = home.RunAsync("""{ "id": "cancelled", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 20 } }""");
        await home.UntilAsync("cancelled", progress => progress?.InFlight > 0);
        await home.Fanout.Client.CancelAsync("cancelled", CancellationToken.None);
        await cancelled;

        // And one that is let go in the middle, and never ends.
        using var stop = new CancellationTokenSource();
        var driving = home.Fanout.Driver.DriveAsync(
            await home.StartAsync("""{ "id": "interrupted", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 20 } }"""), stop.Token, stop.Token);
        await home.UntilAsync("interrupted", progress => progress?.InFlight > 0);
        await stop.CancelAsync();
        Assert.Null(await driving);
    }

    private static async Task<Traces> StableAsync(Func<Traces, bool> isEnough)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var since = TimeProvider.System.GetTimestamp();
        Traces traces, earlier;
        do
        {
            earlier = Traces.OfThisProcess();
            await timer.WaitForNextTickAsync();
            traces = Traces.OfThisProcess();
        }
        while ((traces != earlier || !isEnough(traces)) && TimeProvider.System.GetElapsedTime(since) < Deadline);
        return traces;
    }

    private static IEnumerable<string?> OpenFiles() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget);

    private readonly record struct Traces(int Files, long Timers, int NamedThreads, int Children, long QueuedWork)
    {
        public static Traces OfThisProcess()
        {
            var threads = Directory.EnumerateDirectories("/proc/self/task").Select(task => ReadOrEmpty(Path.Combine(task, "comm")).Trim()).ToList();
            var children = Directory.EnumerateDirectories("/proc/self/task").SelectMany(task => ReadOrEmpty(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return new Traces(
                OpenFiles().Count(), Timer.ActiveCount, threads.Count(name => name != ".NET TP Worker"), children.Count(), ThreadPool.PendingWorkItemCount);
        }

        public bool IsNoMoreThan(Traces before) =>
            Files <= before.Files && Timers <= before.Timers && NamedThreads <= before.NamedThreads && Children <= before.Children && QueuedWork <= before.QueuedWork;

        private static string ReadOrEmpty(string path)
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (IOException)
            {
                // The thread is gone.
                return "";
            }
        }
    }
}
