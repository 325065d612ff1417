using Fanout.Embedded.Storage;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Embedded.Tests.Driving;

public sealed class EngineLifeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TempHome _home = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runs;

    [Fact]
    public async Task ActivityThatFinishesInTheGracePeriod_IsRecorded()
    {
        await using (var storage = EmbeddedStorage.Open(_home.Path))
        await using (var engine = new EmbeddedEngine(storage, Registry()))
        {
            await engine.ScheduleNewOrchestrationInstanceAsync("two", 0, "a");
            await _started.Task.WaitAsync(Patience);
            // "finish when stopping" returns once its token is cancelled.
            await engine.StopAsync(Patience);
            var stopped = await engine.GetInstanceAsync("a");
            Assert.Equal(OrchestrationStatus.Running, stopped!.Status);
        }

        await using var storageAgain = EmbeddedStorage.Open(_home.Path);
        await using var again = new EmbeddedEngine(storageAgain, Registry());
        _release.SetResult();
        Assert.Equal(AttachStatus.Attached, (await again.TryAttachAsync("a")).Status);

        Assert.Equal("12", (await again.WaitForInstanceCompletionAsync("a").WaitAsync(Patience)).SerializedOutput);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task ActivityThatGivesUpWhenStopping_RunsAgainLater()
    {
        await using (var storage = EmbeddedStorage.Open(_home.Path))
        await using (var engine = new EmbeddedEngine(storage, Registry()))
        {
            await engine.ScheduleNewOrchestrationInstanceAsync("patient", 0, "a");
            await _started.Task.WaitAsync(Patience);
        }

        await using var storageAgain = EmbeddedStorage.Open(_home.Path);
        await using var again = new EmbeddedEngine(storageAgain, Registry());
        _release.SetResult();
        await again.TryAttachAsync("a");

        Assert.Equal("5", (await again.WaitForInstanceCompletionAsync("a").WaitAsync(Patience)).SerializedOutput);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task StoppedEngine_RefusesWorkAndHasCompleted()
    {
        await using var storage = EmbeddedStorage.InMemory();
        var engine = new EmbeddedEngine(storage, Registry());
        await engine.ScheduleNewOrchestrationInstanceAsync("wait", 0, "a");
        var waiting = engine.WaitForInstanceCompletionAsync("a");

        await engine.StopAsync(Patience);

        await engine.Completion;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.ScheduleNewOrchestrationInstanceAsync("wait", 0, "b"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.TryAttachAsync("a"));
    }

    [Fact]
    public async Task FullDisk_FaultsTheEngineAndLosesNothing()
    {
        await using (var database = SqliteDatabase.Open(_home.Path))
        {
            var engine = new EmbeddedEngine(new SqliteStore(database), Registry(), null, null, null);
            await engine.ScheduleNewOrchestrationInstanceAsync("big", 0, "a");
            await _started.Task.WaitAsync(Patience);
            var waiting = engine.WaitForInstanceCompletionAsync("a");
            var driving = engine.WaitForDrivingEndAsync("a");
            await database.WriteAsync(session => session.Number($"PRAGMA max_page_count = {session.Number("PRAGMA page_count")}"));

            _release.SetResult();

            await Assert.ThrowsAsync<StorageException>(() => engine.Completion.WaitAsync(Patience));
            var error = await Assert.ThrowsAsync<StorageException>(() => waiting.WaitAsync(Patience));
            await Assert.ThrowsAsync<StorageException>(() => driving.WaitAsync(Patience));
            await Assert.ThrowsAsync<StorageException>(() => engine.ScheduleNewOrchestrationInstanceAsync("wait", 0, "b"));
            Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
            await engine.DisposeAsync();
        }

        await using var storage = EmbeddedStorage.Open(_home.Path);
        await using var again = new EmbeddedEngine(storage, Registry());
        Assert.Equal(AttachStatus.Attached, (await again.TryAttachAsync("a")).Status);
        Assert.Equal("100000", (await again.WaitForInstanceCompletionAsync("a").WaitAsync(Patience)).SerializedOutput);
    }

    [Fact]
    public async Task HistoryThatWouldGrowOverItsLimit_FailsTheInstanceAndNamesTheLimit()
    {
        await using var storage = EmbeddedStorage.InMemory();
        await using var engine = new EmbeddedEngine(storage, Registry(), new EmbeddedEngineOptions { MaxHistoryEvents = 100 });
        await engine.ScheduleNewOrchestrationInstanceAsync("endless", 0, "a");

        var end = await engine.WaitForInstanceCompletionAsync("a").WaitAsync(Patience);

        Assert.Equal((OrchestrationStatus.Failed, "HistoryLimitExceeded"), (end.Status, end.Failure!.ErrorType));
        Assert.Contains("the limit is 100", end.Failure.ErrorMessage, StringComparison.Ordinal);
        Assert.InRange(end.HistoryLength!.Value, 90, 101);
    }

    [Fact]
    public async Task TurnsAtTheSameTime_ShareTransactions()
    {
        await using var database = SqliteDatabase.Open(_home.Path);
        await using var engine = new EmbeddedEngine(new SqliteStore(database), Registry(), null, null, null);
        using var held = new ManualResetEventSlim();
        var holding = database.WriteAsync(_ => held.Wait(Patience));
        var scheduled = Enumerable.Range(0, 100).Select(i => engine.ScheduleNewOrchestrationInstanceAsync("echo", i, $"a{i}")).ToList();

        held.Set();
        await Task.WhenAll(scheduled);
        foreach (var i in Enumerable.Range(0, 100))
            await engine.WaitForInstanceCompletionAsync($"a{i}").WaitAsync(Patience);

        // 100 creations and 200 turns.
        Assert.True(await holding);
        Assert.InRange(database.Transactions, 3, 250);
    }

    [Fact]
    public async Task UnknownOrchestrator_IsRefused()
    {
        await using var storage = EmbeddedStorage.InMemory();
        await using var engine = new EmbeddedEngine(storage, Registry());

        await Assert.ThrowsAsync<ArgumentException>(() => engine.ScheduleNewOrchestrationInstanceAsync("nobody", 0, "a"));
    }

    [Fact]
    public async Task Dispose_LeavesNoOpenFile()
    {
        for (var i = 0; i < 3; i++)
        {
            await using var storage = EmbeddedStorage.Open(_home.Path);
            await using var engine = new EmbeddedEngine(storage, Registry());
            await engine.ScheduleNewOrchestrationInstanceAsync("echo", i, $"a{i}");
            await engine.ScheduleNewOrchestrationInstanceAsync("wait", i, $"w{i}");
            await engine.WaitForInstanceCompletionAsync($"a{i}").WaitAsync(Patience);
        }

        Assert.Equal([_home.Database], Directory.GetFiles(_home.Path));
        Assert.Equal(0, OpenFilesInHome());
    }

    public void Dispose() => _home.Dispose();

    private int OpenFilesInHome() => !OperatingSystem.IsLinux()
        ? 0
        : Directory.GetFiles("/proc/self/fd").Count(link => TargetOf(link)?.StartsWith(_home.Path, StringComparison.Ordinal) == true);

    /// <summary>Null: it was closed meanwhile, by a test beside this one.</summary>
    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private OrchestrationRegistry Registry() => new OrchestrationRegistry()
        .AddOrchestrator<int, int>("echo", (context, x) => context.CallActivityAsync<int>("echo", x))
        .AddOrchestrator<int, int>("wait", (context, _) => context.WaitForExternalEvent<int>("never"))
        .AddOrchestrator<int, int>("two", async (context, _) =>
            await context.CallActivityAsync<int>("finish when stopping") + await context.CallActivityAsync<int>("wait"))
        .AddOrchestrator<int, int>("patient", (context, _) => context.CallActivityAsync<int>("wait"))
        .AddOrchestrator<int, int>("big", async (context, _) => (await context.CallActivityAsync<string>("big")).Length)
        .AddOrchestrator<int, int>("endless", async (context, _) =>
        {
            while (true)
                await context.CallActivityAsync<int>("echo");
        })
        .AddActivity<int, int>("echo", (_, x) => Task.FromResult(x))
        .AddActivity<int, int>("finish when stopping", async (context, _) =>
        {
            Interlocked.Increment(ref _runs);
            var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = context.Stopping.Register(stopping.SetResult);
            _started.TrySetResult();
            await stopping.Task;
            return 7;
        })
        .AddActivity<int, int>("wait", async (context, _) =>
        {
            Interlocked.Increment(ref _runs);
            _started.TrySetResult();
            await _release.Task.WaitAsync(Patience, context.Stopping);
            return 5;
        })
        .AddActivity<int, string>("big", async (_, _) =>
        {
            _started.TrySetResult();
            await _release.Task.WaitAsync(Patience);
            return new string('x', 100_000);
        });
}
