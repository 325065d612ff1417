using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What keeps a run's scope and its record in step: of the process that drives it, and of one that works for it.</summary>
public sealed class RunWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly Mock<IRunCatalog> _catalog = new();
    private readonly List<(string Shard, RunProgress Progress)> _told = [];
    private readonly List<RunControl> _passedOn = [];
    private BatchRig _rig;
    private RunRecord _record = new() { Id = "run", SpecJson = "{}", CreatedAt = DateTimeOffset.UnixEpoch };
    private bool _isBroken;
    private int _beats;

    public RunWatchTests()
    {
        _rig = Rig(lanesShareProcess: true);
        _catalog.Setup(catalog => catalog.WatchEvery).Returns(Beat);
        _catalog.Setup(catalog => catalog.GetControlAsync("run", It.IsAny<CancellationToken>())).Callback(() => Interlocked.Increment(ref _beats)).ReturnsAsync(() => Guarded(_record.Control));
        _catalog.Setup(catalog => catalog.GetAsync("run", It.IsAny<CancellationToken>())).ReturnsAsync(() => Guarded(_record));
        _catalog.Setup(catalog => catalog.SetProgressAsync("run", It.IsAny<string>(), It.IsAny<RunProgress>(), It.IsAny<CancellationToken>()))
            .Callback((string _, string shard, RunProgress progress, CancellationToken _) => _told.Add(Guarded((shard, progress))))
            .Returns(Task.CompletedTask);
    }

    [Fact]
    public async Task Driver_ActsOnWhatIsAsked_AndPassesOnWhatMattersToTheOrchestration()
    {
        await using (Watch())
        {
            await AskAsync(RunControl.Initial, () => _beats > 1);
            await AskAsync(new RunControl(1, Concurrency: 5), () => _rig.Scope.Allotment.Concurrency == 5);
            await AskAsync(new RunControl(2, Paused: true, Concurrency: 5), () => !_rig.Scope.Gate.IsOpen);
            await AskAsync(new RunControl(3, Paused: true, Concurrency: 6), () => _rig.Scope.Allotment.Concurrency == 6);
            await AskAsync(new RunControl(4, Concurrency: 6), () => _passedOn.Count == 2);
        }

        Assert.Equal([2L, 4], _passedOn.Select(control => control.Version));
    }

    [Fact]
    public async Task DriverThatComesLater_PassesOnWhatWasAskedBefore_Once()
    {
        _record = _record with { Control = new RunControl(7, Concurrency: 5) };
        await using (Watch())
        {
            for (var beat = 1; beat <= 3; beat++)
                await BeatAsync();
        }

        Assert.Equal(7, Assert.Single(_passedOn).Version);
    }

    [Fact]
    public async Task DriverOfARunOfWhichNothingWasAsked_PassesOnNothing()
    {
        await using (Watch())
        {
            for (var beat = 1; beat <= 3; beat++)
                await BeatAsync();
        }

        Assert.Empty(_passedOn);
    }

    [Fact]
    public async Task Driver_TellsTheProgressOnceASecond_AndWhenItEnds_AndMissesABeatWithoutStorage()
    {
        _rig.Scope.SetTotal(10);
        await using (Watch())
        {
            for (var beat = 1; beat <= 8; beat++)
                await BeatAsync();
            await BatchRig.UntilAsync(() => _told.Count == 2);
            _isBroken = true;
            for (var beat = 1; beat <= 5; beat++)
                await BeatAsync();
            _isBroken = false;
        }

        Assert.Equal(3, _told.Count);
        Assert.All(_told, told => Assert.Equal((ProgressShard.Coordinator, 10L), (told.Shard, told.Progress.Total)));
    }

    [Fact]
    public async Task Driver_TellsNothingBeforeTheFirstSecondIsOver()
    {
        await using var watch = Watch();
        for (var beat = 1; beat <= 3; beat++)
            await BeatAsync();
        Assert.Empty(_told);
        await BeatAsync();
        await BatchRig.UntilAsync(() => _told.Count == 1);
    }

    [Fact]
    public async Task DriverOfARunThatManyWork_HearsWhatAllHaveComeTo()
    {
        await UseAsync(Rig(lanesShareProcess: false));
        _rig.Scope.SetTotal(10);
        _record = _record with { Progress = new RunProgress { Succeeded = 7, Failed = 1, Total = 99 } };
        await using (Watch())
        {
            Assert.Equal(0, _rig.Scope.Observe().Settled);
            for (var beat = 1; beat <= 4; beat++)
                await BeatAsync();
            await BatchRig.UntilAsync(() => _rig.Scope.Observe().Settled == 8);
            var all = _rig.Scope.Observe();
            Assert.Equal((10L, 8, "engine"), (all.Total, all.Allotment!.Concurrency, all.WaitingFor));
        }

        // It says nothing of lanes that others tell of.
        Assert.All(_told, told => Assert.Equal((0L, 10L), (told.Progress.Settled, told.Progress.Total)));
    }

    [Fact]
    public async Task Worker_TellsOfItsLanes_AndHearsWhatIsAskedAndWhatFailsElsewhere()
    {
        await UseAsync(Rig(lanesShareProcess: false, new FailureSpec { Tolerate = Tolerance.Parse("3") }));
        _rig.Scope.SetTotal(100);
        var input = new BatchInput("run", "b0001-l01-00000", await _rig.PlanAsync(), 0, 4, [], Lane: 1, Lanes: 2, 1) { Before = new Counts(5, 1, 0, 0) };
        await using (new LaneWatch(_rig.Scope, _catalog.Object, _time))
        {
            await Fanout.Orchestration.Activities.WorkBatchAsync(_rig.Scope, input, checkpoint: null, new BatchExecution(1, CancellationToken.None, CancellationToken.None));
            await SecondAsync(() => _told.Count == 1);
            Assert.Equal((ProgressShard.OfLane(1), 9L, 1L), (_told[0].Shard, _told[0].Progress.Succeeded, _told[0].Progress.Failed));

            _record = _record with { Control = new RunControl(1, Concurrency: 6), Progress = new RunProgress { Failed = 3 } };
            await SecondAsync(() => _rig.Scope.Allotment.Concurrency == 6);
            Assert.True(_rig.Scope.Gate.IsOpen);
            _record = _record with { Progress = new RunProgress { Failed = 2, TimedOut = 2 } };
            await SecondAsync(() => _rig.Scope.Gate.Stop is not null);
            Assert.Equal(
                (CompletionReason.ToleranceExceeded, "4 of 100 items did not succeed, more than the failure policy tolerates."), (_rig.Scope.Gate.Stop, _rig.Scope.Gate.Message));
            // Written down when it is decided, and at each beat until the record has it.
            await SecondAsync(() => _rig.PersistedStops.Count >= 3);
            _record = _record with { Control = new RunControl(2, Concurrency: 7, Stop: CompletionReason.ToleranceExceeded) };
            await SecondAsync(() => _rig.Scope.Allotment.Concurrency == 7);
            var written = _rig.PersistedStops.Count;
            _record = _record with { Control = new RunControl(3, Concurrency: 8, Stop: CompletionReason.ToleranceExceeded) };
            await SecondAsync(() => _rig.Scope.Allotment.Concurrency == 8);
            Assert.Equal((written, false), (_rig.PersistedStops.Count, _rig.Scope.HasEnded));
        }

        // What was told once is not told again.
        Assert.Single(_told);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private RunWatch Watch() => new(_rig.Scope, _catalog.Object, control =>
    {
        _passedOn.Add(control);
        return Task.CompletedTask;
    }, _time);

    private async Task AskAsync(RunControl control, Func<bool> isFelt)
    {
        _record = _record with { Control = control };
        while (!isFelt())
            await BeatAsync();
    }

    // The watch goes on beside the clock: a beat is begun when it has asked.
    private async Task BeatAsync()
    {
        var beats = _beats;
        _time.Advance(Beat);
        await BatchRig.UntilAsync(() => Volatile.Read(ref _beats) > beats);
    }

    private async Task SecondAsync(Func<bool> isFelt)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await BatchRig.UntilAsync(isFelt);
    }

    private async Task UseAsync(BatchRig rig)
    {
        await _rig.DisposeAsync();
        _rig = rig;
    }

    private BatchRig Rig(bool lanesShareProcess, FailureSpec? failure = null) =>
        new(BatchRig.Range(10, failure: failure), (_, _) => ValueTask.FromResult<string?>(null), _time, lanesShareProcess: lanesShareProcess);

    private T Guarded<T>(T value) => _isBroken ? throw new StorageException("away") : value;
}
