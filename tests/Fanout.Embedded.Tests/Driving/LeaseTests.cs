using Fanout.Embedded.Driving;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Embedded.Tests.Conformance;
using Fanout.Orchestration;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Driving;

/// <summary>Two engines over one file, as two processes would be: each has a database object of its own.</summary>
public sealed class LeaseTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TempHome _home = new();
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task SecondEngine_IsRefusedAndToldWhoDrives()
    {
        var first = Engine();
        var second = Engine();
        await first.ScheduleNewOrchestrationInstanceAsync("wait", null, "a");

        var answer = await second.TryAttachAsync("a");

        Assert.Equal(new AttachResult(AttachStatus.HeldElsewhere, $"{Environment.MachineName}:{Environment.ProcessId}"), answer);
    }

    [Fact]
    public async Task AttachingWhatIsDrivenHereAlready_ChangesNothing()
    {
        var engine = Engine();
        await engine.ScheduleNewOrchestrationInstanceAsync("wait", null, "a");

        Assert.Equal(AttachStatus.Attached, (await engine.TryAttachAsync("a")).Status);
        await engine.RaiseEventAsync("a", "go", "once");

        Assert.Equal("\"once\"", (await EndOfAsync(engine, "a")).SerializedOutput);
    }

    [Fact]
    public async Task UnknownOrEndedRoot_CannotBeAttached()
    {
        var engine = Engine();
        await engine.ScheduleNewOrchestrationInstanceAsync("wait", null, "a");
        await engine.RaiseEventAsync("a", "go", "x");
        await EndOfAsync(engine, "a");

        Assert.Equal(AttachStatus.NotFound, (await engine.TryAttachAsync("nobody")).Status);
        Assert.Equal(AttachStatus.Ended, (await engine.TryAttachAsync("a")).Status);
    }

    [Fact]
    public async Task DetachedRoot_IsDrivenOnByAnotherEngine()
    {
        var first = Engine();
        var second = Engine();
        await first.ScheduleNewOrchestrationInstanceAsync("wait", null, "a");
        var end = first.WaitForDrivingEndAsync("a");

        await first.DetachAsync("a", Patience);
        Assert.Equal(DrivingEnd.Detached, await end);
        Assert.Equal(AttachStatus.Attached, (await second.TryAttachAsync("a")).Status);
        await second.RaiseEventAsync("a", "go", "second");

        Assert.Equal("\"second\"", (await EndOfAsync(second, "a")).SerializedOutput);
    }

    [Fact]
    public async Task LeaseThatCannotBeGivenBack_IsNotRenewed()
    {
        var store = new CrashableStore(new InMemoryStore());
        await using var engine = new EmbeddedEngine(
            store, Registry(), new EmbeddedEngineOptions { HeartbeatInterval = TimeSpan.FromHours(1), PollInterval = TimeSpan.FromHours(1), DisposeGrace = TimeSpan.Zero }, null, null);
        await engine.ScheduleNewOrchestrationInstanceAsync("wait", null, "a");
        var end = engine.WaitForDrivingEndAsync("a");
        // Not in the middle of its first turn, whose loss would end the driving by itself.
        while ((await engine.GetInstanceAsync("a"))!.Status != OrchestrationStatus.Running)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        store.Crash();
        await Assert.ThrowsAsync<StorageException>(() => engine.DetachAsync("a", Patience));
        Assert.Equal(DrivingEnd.Detached, await end.WaitAsync(Patience));
        Assert.Null(await engine.WaitForDrivingEndAsync("a"));
    }

    [Fact]
    public async Task EventFromAnotherProcess_ReachesTheHolder()
    {
        var holder = Engine(new EmbeddedEngineOptions { PollInterval = TimeSpan.FromMilliseconds(10) });
        var other = Engine();
        await holder.ScheduleNewOrchestrationInstanceAsync("wait", null, "a");

        await other.RaiseEventAsync("a", "go", "from elsewhere");

        Assert.Equal("\"from elsewhere\"", (await EndOfAsync(holder, "a")).SerializedOutput);
        Assert.Equal("\"from elsewhere\"", (await EndOfAsync(other, "a")).SerializedOutput);
    }

    [Fact]
    public async Task TerminateFromAnotherProcess_ReachesTheHolderAndCancelsItsActivities()
    {
        var holder = Engine(new EmbeddedEngineOptions { PollInterval = TimeSpan.FromMilliseconds(10) });
        var other = Engine();
        await holder.ScheduleNewOrchestrationInstanceAsync("hold", null, "a");
        await _started.Task.WaitAsync(Patience);

        await other.TerminateInstanceAsync("a", "enough");

        Assert.Equal(OrchestrationStatus.Terminated, (await EndOfAsync(other, "a")).Status);
        await _cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task ExpiredLease_IsTakenOverAndTheOldHolderStopsAtOnce()
    {
        var old = Engine(new EmbeddedEngineOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(20), OnLeaseLost = _lost.SetResult });
        await old.ScheduleNewOrchestrationInstanceAsync("hold", null, "a");
        await _started.Task.WaitAsync(Patience);
        var end = old.WaitForDrivingEndAsync("a");

        // By the other's clock the lease has long expired.
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1));
        var heir = Engine(timeProvider: later);
        Assert.Equal(AttachStatus.Attached, (await heir.TryAttachAsync("a")).Status);

        Assert.Equal("a", await _lost.Task.WaitAsync(Patience));
        Assert.Equal(DrivingEnd.LeaseLost, await end.WaitAsync(Patience));
        await _cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task ZombiesTurn_IsNotCommitted()
    {
        // Its heartbeat never comes: only the commit can tell it that the lease is lost.
        var zombie = Engine(new EmbeddedEngineOptions { HeartbeatInterval = TimeSpan.FromHours(1), OnLeaseLost = _lost.SetResult });
        await zombie.ScheduleNewOrchestrationInstanceAsync("echo when told", null, "a");
        await _started.Task.WaitAsync(Patience);
        var heir = Engine(timeProvider: new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1)));
        Assert.Equal(AttachStatus.Attached, (await heir.TryAttachAsync("a")).Status);
        await heir.TerminateInstanceAsync("a", "by the heir");
        await EndOfAsync(heir, "a");

        _cancelled.SetResult();

        Assert.Equal("a", await _lost.Task.WaitAsync(Patience));
        Assert.Equal(OrchestrationStatus.Terminated, (await heir.GetInstanceAsync("a"))!.Status);
    }

    [Fact]
    public async Task RootOfADeadProcess_IsTakenOverWithoutWaiting()
    {
        var storage = Open();
        var now = TimeProvider.System.GetUtcNow();
        var dead = $"{Environment.MachineName}:{Environment.ProcessId}:1-abcdefgh:1";
        await storage.Store.CreateAsync(
            new NewInstance(new InstanceIdentity("a", "a", "wait", null), new ExecutionStarted(null), now),
            new LeaseClaim(dead, now, now.AddHours(1), ProcessOwner.IsDead));
        var engine = Engine();

        Assert.Equal(AttachStatus.Attached, (await engine.TryAttachAsync("a")).Status);
        await engine.RaiseEventAsync("a", "go", "x");

        Assert.Equal(OrchestrationStatus.Completed, (await EndOfAsync(engine, "a")).Status);
    }

    public async ValueTask DisposeAsync()
    {
        _opened.Reverse();
        foreach (var one in _opened)
            await one.DisposeAsync();
        _home.Dispose();
    }

    private static Task<OrchestrationMetadata> EndOfAsync(EmbeddedEngine engine, string id) =>
        engine.WaitForInstanceCompletionAsync(id).WaitAsync(Patience);

    private EmbeddedStorage Open()
    {
        var storage = EmbeddedStorage.Open(_home.Path);
        _opened.Add(storage);
        return storage;
    }

    private EmbeddedEngine Engine(EmbeddedEngineOptions? options = null, TimeProvider? timeProvider = null)
    {
        var engine = new EmbeddedEngine(Open(), Registry(), (options ?? new EmbeddedEngineOptions()) with { DisposeGrace = TimeSpan.Zero }, timeProvider);
        _opened.Add(engine);
        return engine;
    }

    private OrchestrationRegistry Registry() =>
        new OrchestrationRegistry()
            .AddOrchestrator<string?, string>("wait", (context, _) => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator<string?, int>("hold", (context, _) => context.CallActivityAsync<int>("hold"))
            .AddOrchestrator<string?, int>("echo when told", (context, _) => context.CallActivityAsync<int>("stubborn"))
            .AddActivity<string?, int>("hold", async (context, _) =>
            {
                _started.TrySetResult();
                await using var registration = context.Stopping.Register(() => _cancelled.TrySetResult());
                await _cancelled.Task.WaitAsync(Patience);
                return 1;
            })
            .AddActivity<string?, int>("stubborn", async (_, _) =>
            {
                _started.TrySetResult();
                await _cancelled.Task.WaitAsync(Patience);
                return 1;
            });
}
