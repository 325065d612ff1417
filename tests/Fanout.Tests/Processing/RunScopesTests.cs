using System.Diagnostics;
using Fanout.Handlers;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Specs;
using Fanout.Telemetry;
using Fanout.Tests.Processing.Limits;
using Fanout.Tests.Results;
using Fanout.Tests.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>The runs of a process, each made from its record and from what is left of earlier processes.</summary>
[Collection(nameof(ListensToSpans))]
public sealed class RunScopesTests : IAsyncDisposable
{
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TemporaryStore _temporary = new();
    private readonly Mock<IRunCatalog> _catalog = new();
    private readonly FanoutRegistry _registry = new();
    private readonly LimitHolder _limits;
    private readonly List<RunScopes> _made = [];
    private RunRecord? _record;

    public RunScopesTests()
    {
        _limits = new LimitHolder(new TestLimitStore(), "me", _ => false, _time);
        foreach (var handler in BuiltInHandlers.All)
            _registry.Handlers.Add(handler.Name, handler);
        _registry.Handlers.Add("broken", new HandlerRegistration("broken", static _ => [], static (_, _) => throw new InvalidOperationException("no key")));
        _record = Record(new FlowSpec { Concurrency = 3 });
        _catalog.Setup(catalog => catalog.WatchEvery).Returns(TimeSpan.FromMilliseconds(250));
        _catalog.Setup(catalog => catalog.GetAsync("run", It.IsAny<CancellationToken>())).ReturnsAsync(() => _record);
        _catalog.Setup(catalog => catalog.GetControlAsync("run", It.IsAny<CancellationToken>())).ReturnsAsync(() => _record?.Control);
        _catalog.Setup(catalog => catalog.UpdateControlAsync("run", It.IsAny<Func<RunControl, RunControl>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((string _, Func<RunControl, RunControl> change, CancellationToken _) => (_record = _record! with { Control = change(_record.Control) }).Control);
    }

    [Fact]
    public async Task Scope_IsMadeOnce_AsTheRunIsAskedToBe()
    {
        _record = _record! with { Control = new RunControl(4, Paused: true, Concurrency: 9), TraceParent = Caller };
        var scopes = Scopes();
        Assert.Null(scopes.Find("run"));

        var scope = await scopes.GetAsync("run");

        Assert.Same(scope, await scopes.GetAsync("run"));
        Assert.Same(scope, scopes.Find("run"));
        Assert.Equal((9, false, 4L), (scope.Allotment.Concurrency, scope.Gate.IsOpen, scope.Gate.ControlVersion));
        Assert.Equal((false, 0L, null), (scope.HasRunBefore, scope.Observe().Settled, scope.Total));
        _catalog.Verify(catalog => catalog.SetStartedAsync("run", _time.GetUtcNow(), Never), Times.Once);
    }

    [Fact]
    public async Task RunThatIsNotThere_OrCannotBeMade_IsAskedForAgain()
    {
        var (scopes, record) = (Scopes(), _record);
        _record = null;
        Assert.Equal("There is no run 'run'.", (await Assert.ThrowsAsync<RunException>(() => scopes.GetAsync("run"))).Message);
        _record = Record(new FlowSpec(), handler: "broken");
        Assert.Equal("The handler 'broken' could not be made: no key", (await Assert.ThrowsAsync<RunException>(() => scopes.GetAsync("run"))).Message);
        Assert.Null(scopes.Find("run"));
        _record = record;
        Assert.NotNull(await scopes.GetAsync("run"));
    }

    [Fact]
    public async Task RunThatWasBegun_GoesOnFromWhatItsBranchesAndBatchesSettled()
    {
        await LeaveBehindAsync();
        var scope = await Scopes().GetAsync("run");
        Assert.Equal((true, 100L), (scope.HasRunBefore, scope.Total));
        var progress = scope.Observe();
        Assert.Equal((12L, 3L, 15L), (progress.Succeeded, progress.Failed, progress.Settled));
        // Of five items one is due by now, one was never tried, and one is there twice.
        Assert.Equal(2, progress.WaitingForRetry);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(2, scope.Observe().WaitingForRetry);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(0, scope.Observe().WaitingForRetry);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task RunThatManyWork_IsCountedByAll(bool byQueue, bool lanesShareProcess)
    {
        await LeaveBehindAsync(byQueue);
        var scope = await Scopes(lanesShareProcess: lanesShareProcess).GetAsync("run");
        Assert.Equal((false, 100L, 0L), (scope.HasRunBefore, scope.Total, scope.Observe().Settled));
        var worker = await Scopes(forWorker: true, lanesShareProcess).GetAsync("run");
        Assert.Equal((false, null), (worker.HasRunBefore, worker.Total));
    }

    [Fact]
    public async Task WorkerOfItsOwnRuns_ReadsTheirHistory()
    {
        await LeaveBehindAsync();
        Assert.True((await Scopes(forWorker: true).GetAsync("run")).HasRunBefore);
    }

    [Fact]
    public async Task PlacesInATrace_AreThoseOfWhoDrivesTheRun()
    {
        _record = _record! with { TraceParent = Caller };
        var (driver, worker) = (Scopes(), Scopes(forWorker: true));
        Assert.Equal(default, driver.PlaceOf("run", "run"));
        await driver.GetAsync("run");
        await worker.GetAsync("run");
        Assert.Equal("b7ad6b7169203331", driver.PlaceOf("run", "run").SpanId.ToHexString());
        Assert.Equal("b7ad6b7169203331", driver.PlaceOf("run", "run:b0001").SpanId.ToHexString());
        Assert.Equal(default, worker.PlaceOf("run", "run"));
    }

    [Fact]
    public async Task SpansSomebodyListensTo_AreThePlaces_AndEndWhenTheRunIsClosed()
    {
        var ended = new List<ActivitySpanId>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == FanoutTelemetry.Source.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => ended.Add(span.SpanId),
        };
        ActivitySource.AddActivityListener(listener);
        var scopes = Scopes();
        var scope = await scopes.GetAsync("run");
        var (run, branch) = (scope.Trace.Run.SpanId, scope.Trace.ContextOf("b0001").SpanId);
        Assert.NotEqual(run, branch);
        Assert.Equal((run, branch), (scopes.PlaceOf("run", "run").SpanId, scopes.PlaceOf("run", "run:b0001").SpanId));
        Assert.Empty(ended);
        await scopes.CloseAsync("run");
        Assert.Equal([branch, run], ended);
    }

    [Fact]
    public async Task RunThatIsClosed_HasNoPlaces_AndWhatItDidStaysCounted()
    {
        var spec = BatchRig.Range(4) with { Handler = new HandlerSpec("handler-of-a-closed-run") };
        var before = LiveRuns.Done().GetValueOrDefault(spec.Handler.Name).Settled.Succeeded;
        await using (var rig = new BatchRig(spec, (_, _) => ValueTask.FromResult<string?>(null), _time))
        {
            await rig.WorkAsync(0, 4);
            Assert.NotEmpty(LiveRuns.Now()[spec.Handler.Name].Places);
        }

        Assert.Empty(LiveRuns.Now()[spec.Handler.Name].Places);
        Assert.Equal(before + 4, LiveRuns.Done()[spec.Handler.Name].Settled.Succeeded);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task RunThatIsClosed_IsToldAsAWhole_ByWhoDrivesItAlone(bool forWorker, int times)
    {
        var scopes = Scopes(forWorker);
        await scopes.GetAsync("run");
        await scopes.CloseAsync("run");
        _catalog.Verify(catalog => catalog.SetProgressAsync("run", ProgressShard.Coordinator, It.IsAny<RunProgress>(), Never), Times.Exactly(times));
    }

    [Fact]
    public async Task Run_ComesUnderTheLimitsItsSpecNames()
    {
        _record = Record(new FlowSpec { Limits = ["crm-api", "db"] });
        var scope = await Scopes().GetAsync("run");
        Assert.Equal(["limit crm-api", "limit db"], scope.Limits.Select(member => member.Cause));
    }

    [Fact]
    public async Task Stop_OfThisProcess_IsWrittenDown_UnlessThereIsOne()
    {
        var scope = await Scopes().GetAsync("run");
        scope.Stop(CompletionReason.SourceFailed, "gone");
        await scope.PersistStopAsync();
        Assert.Equal((CompletionReason.SourceFailed, "gone"), (_record!.Control.Stop, _record.Control.Message));

        _record = _record with { Control = new RunControl(3, Stop: CompletionReason.CancelledByRequest, Message: "asked") };
        await scope.PersistStopAsync();
        Assert.Equal((CompletionReason.CancelledByRequest, "asked"), (_record.Control.Stop, _record.Control.Message));
    }

    [Fact]
    public async Task EndedRuns_AreClosed_AndOthersAreNot()
    {
        var scopes = Scopes(forWorker: true);
        var scope = await scopes.GetAsync("run");
        await scopes.CloseEndedAsync();
        Assert.NotNull(scopes.Find("run"));
        scope.NoteOverall(_record! with { Report = Report() }, LaneReport.Nothing);
        await scopes.CloseEndedAsync();
        Assert.Null(scopes.Find("run"));
        Assert.False(scope.Gate.IsOpen);
        await scopes.CloseAsync("run");
    }

    [Fact]
    public async Task Disposed_EverythingIsClosed()
    {
        var scopes = Scopes();
        var scope = await scopes.GetAsync("run");
        await scopes.DisposeAsync();
        Assert.Equal((null, false), (scopes.Find("run"), scope.Gate.IsOpen));
    }

    [Fact]
    public async Task SamplingThatIsSetWrongly_FailsNoRun() =>
        Assert.NotNull(await Scopes(variable: static _ => "sometimes").GetAsync("run"));

    public async ValueTask DisposeAsync()
    {
        foreach (var scopes in _made)
            await scopes.DisposeAsync();
        await _limits.DisposeAsync();
        _temporary.Dispose();
    }

    private static RunReport Report() => new()
    {
        RunId = "run",
        Status = RunStatus.Succeeded,
        Reason = CompletionReason.AllItemsSucceeded,
        StartedAt = DateTimeOffset.UnixEpoch,
        EndedAt = DateTimeOffset.UnixEpoch,
        Tally = Tally.Zero,
    };

    private async Task LeaveBehindAsync(bool byQueue = false)
    {
        var spec = SpecOf(new FlowSpec { Concurrency = 3 }, "noop") with { Batch = new BatchSpec { Dispatch = byQueue ? BatchDispatch.Queue : BatchDispatch.Activity } };
        _record = _record! with { StartedAt = _time.GetUtcNow(), SpecJson = SpecWriter.Write(spec) };
        await PlanDocument.WriteAsync(_temporary.Store, "run", Planner.Plan(spec, new SourcePlan(100, null), 2, oneProcess: true));
        await new BranchManifest("b0001", [], Tally.Zero with { Succeeded = 10, Failed = 1 }).WriteAsync(_temporary.Store, "run", Never);
        var later = _time.GetUtcNow() + TimeSpan.FromSeconds(10);
        PendingItem[] unsettled = [new(20, 1, later), new(21, 1, _time.GetUtcNow()), new(22, 0, null), new(23, 1, later + TimeSpan.FromHours(1)), new(20, 1, later)];
        await new BatchCheckpoint([], 25, unsettled, Tally.Zero with { Succeeded = 2, Failed = 2 }).WriteAsync(_temporary.Store, "run", "b0002-l00-00000", 1);
        // Counted by its branch.
        await new BatchCheckpoint([], 10, [], Tally.Zero with { Succeeded = 10 }).WriteAsync(_temporary.Store, "run", "b0001-l00-00000", 1);
    }

    private RunRecord Record(FlowSpec flow, string handler = "noop") =>
        new() { Id = "run", SpecJson = SpecWriter.Write(SpecOf(flow, handler)), CreatedAt = _time.GetUtcNow() };

    private static RunSpec SpecOf(FlowSpec flow, string handler) =>
        new() { Id = "run", Handler = new HandlerSpec(handler), Source = new RangeSourceSpec { Start = 0, End = 100 }, Flow = flow };

    private RunScopes Scopes(bool forWorker = false, bool lanesShareProcess = true, Func<string, string?>? variable = null)
    {
        var scopes = new RunScopes(
            new RunEnvironment
            {
                Registry = _registry,
                Services = new Mock<IServiceProvider>().Object,
                Catalog = _catalog.Object,
                Limits = new TestLimitStore(),
                LimitShares = _limits,
                Results = _temporary.Store,
                CreateSource = static spec => new SourceFactory(new FanoutRegistry(), new Mock<IServiceProvider>().Object, () => Stream.Null, _ => throw new InvalidOperationException()).Create(spec),
                OpenWorkspace = id => new DirectoryWorkspace(Path.Combine(_temporary.Root, "sources", id)),
                SignalAsync = static (_, _) => Task.CompletedTask,
                Time = _time,
                LoggerFactory = NullLoggerFactory.Instance,
                NextRandom = () => 0.5,
                NewExecutionId = () => "1",
                Variable = variable ?? (static _ => null),
                LanesShareProcess = lanesShareProcess,
            },
            forWorker);
        _made.Add(scopes);
        return scopes;
    }
}
