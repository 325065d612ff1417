using Fanout.Flow;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Telemetry;
using Fanout.Tests.Processing.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>A run in its process: what stops it, what it may use, what it tells of itself.</summary>
public sealed class RunScopeTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly List<BatchRig> _rigs = [];

    [Fact]
    public void FirstStop_Counts_AndIsWrittenDownOnce()
    {
        var rig = Rig(new FlowSpec());
        rig.Scope.Stop(CompletionReason.SourceFailed, "gone");
        rig.Scope.Stop(CompletionReason.InternalFailure, "and more");
        rig.Scope.Apply(new RunControl(1, Stop: CompletionReason.CancelledByRequest, Message: "asked"));
        Assert.Equal((CompletionReason.SourceFailed, "gone", 1L), (rig.Scope.Gate.Stop, rig.Scope.Gate.Message, rig.Scope.Gate.ControlVersion));
        Assert.Equal((CompletionReason.SourceFailed, "gone"), Assert.Single(rig.PersistedStops));
    }

    [Fact]
    public async Task StopThatWasAskedFor_IsNotWrittenDown_ButForWhoeverAsks()
    {
        var rig = Rig(new FlowSpec());
        await rig.Scope.PersistStopAsync();
        rig.Scope.Apply(new RunControl(1, Stop: CompletionReason.CancelledByRequest));
        Assert.Empty(rig.PersistedStops);
        await rig.Scope.PersistStopAsync();
        Assert.Equal((CompletionReason.CancelledByRequest, ""), Assert.Single(rig.PersistedStops));
    }

    [Fact]
    public void OlderControl_IsIgnored()
    {
        var rig = Rig(new FlowSpec { Concurrency = 4 });
        rig.Scope.Apply(new RunControl(5, Concurrency: 6));
        rig.Scope.Apply(new RunControl(4, Paused: true, Concurrency: 9));
        Assert.Equal((6, 6, true), (rig.Scope.Allotment.Concurrency, rig.Scope.EffectiveAllotment.Concurrency, rig.Scope.Gate.IsOpen));
    }

    [Theory]
    [InlineData(null, 3, false)]
    [InlineData(null, 4, true)]
    [InlineData("5", 5, false)]
    [InlineData("5", 6, true)]
    [InlineData("1", 2, true)]
    public void Tolerance_IsTheSpecsUntilItIsRetuned(string? retuned, int failed, bool stops)
    {
        var rig = Rig(new FlowSpec(), new FailureSpec { Tolerate = Tolerance.Parse("3") });
        rig.Scope.Apply(new RunControl(1, Tolerate: retuned is null ? null : Tolerance.Parse(retuned)));
        for (var i = 0; i < failed; i++)
            rig.Scope.NoteUnsuccessful();
        // Of how many is not known before they are counted.
        Assert.True(rig.Scope.Gate.IsOpen);
        rig.Scope.SetTotal(100);
        Assert.Equal(stops ? CompletionReason.ToleranceExceeded : null, rig.Scope.Gate.Stop);
    }

    [Fact]
    public void ToleranceThatIsLowered_StopsAtOnce_AndWhatFailedElsewhereCounts()
    {
        var rig = Rig(new FlowSpec(), new FailureSpec { Tolerate = Tolerance.Parse("3") }, lanesShareProcess: false);
        rig.Scope.SetTotal(100);
        rig.Scope.NoteUnsuccessful();
        // Three in all of which this process told one: two were elsewhere.
        rig.Scope.NoteOverall(Record(new RunProgress { Failed = 2, TimedOut = 1 }), LaneReport.Nothing with { Unsuccessful = 1 });
        Assert.True(rig.Scope.Gate.IsOpen);
        rig.Scope.Apply(new RunControl(1, Tolerate: Tolerance.Parse("2")));
        Assert.Equal("3 of 100 items did not succeed, more than the failure policy tolerates.", rig.Scope.Gate.Message);
    }

    [Fact]
    public void RunThatFailedTooOftenBefore_StopsBeforeItBegins()
    {
        var rig = new BatchRig(
            BatchRig.Range(100, failure: new FailureSpec { Tolerate = Tolerance.Parse("3") }),
            (_, _) => ValueTask.FromResult<string?>(null),
            _time,
            new RunHistory(true, new Counts(10, 3, 1, 0), 100));
        _rigs.Add(rig);
        Assert.Equal((CompletionReason.ToleranceExceeded, 100L), (rig.Scope.Gate.Stop, rig.Scope.Total));
    }

    [Fact]
    public void BackOff_SlowsThePacerDown_AndLetsItRecover()
    {
        var rig = Rig(new FlowSpec { Concurrency = 8, Rate = new Rate(10, Second), Burst = 1 });
        Assert.True(rig.Scope.Pacer.TryTake(out _));
        rig.Scope.BackOff.NoteThrottled(default, null);
        Assert.Equal((200.0, 4, "back-off"), (rig.Scope.Pacer.WaitFor(1).TotalMilliseconds, rig.Scope.EffectiveAllotment.Concurrency, rig.Scope.Caps.Over(8).Cause));
        Assert.Equal(5, rig.Scope.EffectiveAllotment.Rate!.Value.PerSecond, 3);
        var retuned = rig.Scope.Pacer.Retuned;
        rig.Scope.Apply(new RunControl(1));
        Assert.False(retuned.IsCompleted);
        rig.Scope.Apply(new RunControl(2, Rate: new Rate(20, Second), Burst: 1));
        Assert.True(retuned.IsCompleted);
        Assert.Equal(10, rig.Scope.EffectiveAllotment.Rate!.Value.PerSecond, 3);
        for (var i = 0; i < 400; i++)
            _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal((8, null, 20.0), (rig.Scope.EffectiveAllotment.Concurrency, rig.Scope.Caps.Over(8).Cause, rig.Scope.EffectiveAllotment.Rate!.Value.PerSecond));
    }

    [Fact]
    public void BackOffThatIsOver_DoesNotHoldARunThatIsGivenMore()
    {
        var rig = Rig(new FlowSpec { Concurrency = 8 });
        rig.Scope.BackOff.NoteThrottled(default, null);
        for (var i = 0; i < 400; i++)
            _time.Advance(TimeSpan.FromMilliseconds(250));
        rig.Scope.Apply(new RunControl(1, Concurrency: 16));
        Assert.Equal((16, null), (rig.Scope.EffectiveAllotment.Concurrency, rig.Scope.Caps.Over(16).Cause));
    }

    [Fact]
    public async Task RunUnderNoLimit_IsSlowedDownByItself()
    {
        await using var holder = new LimitHolder(new TestLimitStore(), "here", _ => false, _time);
        var rig = Rig(new FlowSpec { Concurrency = 8 }).Under(holder);
        rig.Scope.Throttles.NoteThrottled(default, null);
        Assert.Equal((true, 4), (rig.Scope.Throttles.IsActive, rig.Scope.EffectiveAllotment.Concurrency));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task LanesThatAreApart_StartItemsDearerThanTheRun_WithoutWaitingForEachOther(int concurrency)
    {
        using var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = Rig(new FlowSpec { Concurrency = concurrency, Cost = new CostSpec(3, null) }, lanesShareProcess: false);
        rig.Scope.Apply(new RunControl(1, Concurrency: 2));
        rig.Handle = async (_, token) =>
        {
            started.Release();
            return await end.Task.WaitAsync(token);
        };
        var work = Task.WhenAll(WorkAsync(rig, lane: 0, before: 0), WorkAsync(rig, lane: 1, before: 0));
        Assert.True(await started.WaitAsync(Patience));
        Assert.True(await started.WaitAsync(Patience));
        end.SetResult(null);
        await work;
    }

    [Fact]
    public async Task WhatThisProcessSawFail_IsToldWithItsLanes_WhileTheyAreWorkedAndAfter()
    {
        using var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = new BatchRig(BatchRig.Range(100, new FlowSpec { Concurrency = 2 }), async (context, _) =>
        {
            if (context.Index == 0)
                throw new InvalidOperationException("no");
            started.Release();
            return await end.Task;
        }, _time, new RunHistory(true, new Counts(10, 1, 2, 5), 100), lanesShareProcess: false);
        _rigs.Add(rig);
        // One at a time: the first has failed when the second is begun.
        var work = WorkAsync(rig, lane: 0, before: 0);
        await started.WaitAsync();
        Assert.Equal((4L, 1L), (rig.Scope.ObserveLanes().Unsuccessful, rig.Scope.ObserveLanes().Lanes[0].Failed));
        end.SetResult(null);
        await work;
        Assert.Equal((4L, 1L, 3L), (rig.Scope.ObserveLanes().Unsuccessful, rig.Scope.ObserveLanes().Lanes[0].Failed, rig.Scope.ObserveLanes().Lanes[0].Succeeded));
    }

    [Fact]
    public async Task LaneThatLeft_IsForgottenOnceItIsTold_AndNotWhileItIsWorkedAgain()
    {
        using var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = Rig(new FlowSpec { Concurrency = 4 }, lanesShareProcess: false);
        await WorkAsync(rig, lane: 1, before: 0);
        rig.Scope.NoteTold(rig.Scope.ObserveLanes());
        await WorkAsync(rig, lane: 1, before: 4);
        // Those of the batch before went with it.
        Assert.Equal(4, rig.Scope.ObserveLanes().Lanes[1].Latency!.Count);

        rig.Handle = async (_, _) =>
        {
            started.Release();
            return await end.Task;
        };
        var work = WorkAsync(rig, lane: 1, before: 8);
        await started.WaitAsync();
        rig.Scope.NoteTold(rig.Scope.ObserveLanes());
        Assert.Equal(4, rig.Scope.ObserveLanes().Lanes[1].Latency!.Count);
        end.SetResult(null);
        await work;
        Assert.Equal(8, rig.Scope.ObserveLanes().Lanes[1].Latency!.Count);
    }

    [Fact]
    public void RunThatOthersWork_WaitsForWhatTheyTell_UnlessItIsPaused()
    {
        var rig = new BatchRig(
            BatchRig.Range(100, batch: new BatchSpec { Dispatch = BatchDispatch.Queue }), (_, _) => ValueTask.FromResult<string?>(null), _time);
        _rigs.Add(rig);
        rig.Scope.NoteOverall(Record(new RunProgress { WaitingFor = "limit x" }), LaneReport.Nothing);
        Assert.Equal("limit x", rig.Scope.Observe().WaitingFor);
        rig.Scope.Apply(new RunControl(1, Paused: true));
        Assert.Equal("paused", rig.Scope.Observe().WaitingFor);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void PlacesOfWhoeverMeasures_AreThoseHere_UntilTheRunHasEnded(bool lanesShareProcess, int causes)
    {
        var rig = Rig(new FlowSpec { Concurrency = 8 }, lanesShareProcess: lanesShareProcess);
        rig.Scope.SetTotal(10);
        Assert.Equal(Enumerable.Repeat(new PlaceCount("engine", 8), causes), rig.Scope.ObserveWork().Places);
        rig.Scope.NoteEnded();
        Assert.Empty(rig.Scope.ObserveWork().Places);
    }

    [Fact]
    public void StopThatIsAskedFor_BringsItsMessageAlong()
    {
        var rig = Rig(new FlowSpec());
        rig.Scope.Apply(new RunControl(1, Stop: CompletionReason.CancelledByRequest, Message: "asked"));
        Assert.Equal("asked", rig.Scope.Gate.Message);
        _ = rig.Scope.PersistStopAsync();
        Assert.Equal((CompletionReason.CancelledByRequest, "asked"), Assert.Single(rig.PersistedStops));
    }

    [Fact]
    public void RetunedConcurrency_IsFeltAtOnce()
    {
        var rig = Rig(new FlowSpec { Concurrency = 8 });
        rig.Scope.Pool.Join(() => { }).Want(100);
        rig.Scope.Apply(new RunControl(1, Concurrency: 12));
        Assert.Equal(12, rig.Scope.Pool.InUse);
    }

    [Fact]
    public async Task WhatThisProcessDid_IsWithoutWhatOthersDidBefore_AndWithItsRetries()
    {
        using var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var retry = new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.Zero, Jitter = false };
        var rig = new BatchRig(BatchRig.Range(100, new FlowSpec { Concurrency = 1 }, new FailureSpec { Retry = retry }), async (context, _) =>
        {
            if (context.Attempt == 1)
                throw new InvalidOperationException("again");
            started.Release();
            return await end.Task;
        }, _time, new RunHistory(true, new Counts(10, 1, 2, 5), 100));
        _rigs.Add(rig);
        var work = rig.WorkAsync(50, 51);
        await started.WaitAsync();
        Assert.Equal(new WorkDone(default, 1), rig.Scope.ObserveWork().Done);
        end.SetResult(null);
        await work;
        Assert.Equal(new WorkDone(new Counts(1, 0, 0, 0), 1), rig.Scope.ObserveWork().Done);
        Assert.NotNull(rig.Scope.Observe().Latency);
        rig.Scope.NoteEnded();
        Assert.Null(rig.Scope.Observe().Latency);
    }

    [Fact]
    public void Scope_IsThatOfWhoDrivesTheRun_UnlessItIsSaidOtherwise() =>
        Assert.True(Rig(new FlowSpec()).Scope.Trace.IsDriver);

    [Fact]
    public void RunThatHasEnded_AnnouncesAndWaitsForNothingElse()
    {
        var rig = Rig(new FlowSpec { Concurrency = 8 });
        rig.Scope.SetTotal(10);
        Assert.Equal(("engine", 8), (rig.Scope.Observe().WaitingFor, rig.Scope.Observe().Places));
        Assert.Equal(10, rig.Scope.ObserveShare().Total);
        Assert.NotEmpty(rig.Scope.ObserveShare().Waits);
        rig.Scope.Apply(new RunControl(1, Paused: true));
        Assert.Equal("paused", rig.Scope.Observe().WaitingFor);
        rig.Scope.Stop(CompletionReason.SourceFailed, "gone");
        Assert.Equal("handlers to end", rig.Scope.Observe().WaitingFor);
        rig.Scope.NoteEnded();
        Assert.Equal(("announcing", 0), (rig.Scope.Observe().WaitingFor, rig.Scope.Observe().Waits.Count));
        Assert.Null(rig.Scope.Observe().Latency);
    }

    [Fact]
    public async Task LanesThatAreApart_AreToldUntilTheyAreKnown()
    {
        var rig = Rig(new FlowSpec { Concurrency = 4 }, lanesShareProcess: false);
        await WorkAsync(rig, lane: 1, before: 5);
        var told = rig.Scope.ObserveLanes();
        Assert.Equal((9L, 1), (told.Lanes[1].Succeeded, told.Lanes.Count));
        // Its next batch ends before that is written down.
        await WorkAsync(rig, lane: 1, before: 9);
        await WorkAsync(rig, lane: 0, before: 0);
        rig.Scope.NoteTold(told);
        told = rig.Scope.ObserveLanes();
        Assert.Equal([(0, 4L), (1, 13L)], told.Lanes.Select(lane => (lane.Key, lane.Value.Succeeded)).Order());
        rig.Scope.NoteTold(told);
        Assert.Empty(rig.Scope.ObserveLanes().Lanes);
        // What the run itself comes to is another's to tell.
        var share = rig.Scope.ObserveShare();
        Assert.Equal((0L, 4), (share.Settled, share.Allotment!.Concurrency));
    }

    [Fact]
    public async Task LaneThatGoesOnFromACheckpoint_CountsWhatThatSettled()
    {
        var rig = Rig(new FlowSpec { Concurrency = 4 }, lanesShareProcess: false);
        await WorkAsync(rig, lane: 1, before: 5, new BatchCheckpoint([], 3, [], Tally.Zero with { Succeeded = 3 }));
        Assert.Equal(5 + 4, rig.Scope.ObserveLanes().Lanes[1].Succeeded);
    }

    [Fact]
    public async Task HowLongItemsTake_IsToldWhileTheRunGoesOn()
    {
        using var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = new BatchRig(BatchRig.Range(2, new FlowSpec { Concurrency = 1 }), async (context, _) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            started.Release();
            return context.Index == 0 ? null : await end.Task;
        }, _time);
        _rigs.Add(rig);
        var work = rig.WorkAsync(0, 2);
        await started.WaitAsync();
        await started.WaitAsync();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1, rig.Scope.Observe().Latency!.Count);
        end.SetResult(null);
        await work;
        Assert.Equal(2, rig.Scope.Observe().Latency!.Count);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
    }

    private static RunRecord Record(RunProgress progress) => new() { Id = "run", SpecJson = "{}", CreatedAt = DateTimeOffset.UnixEpoch, Progress = progress };

    private static async Task WorkAsync(BatchRig rig, int lane, long before, BatchCheckpoint? checkpoint = null)
    {
        var input = new BatchInput("run", $"b0001-l0{lane}-{before:D5}", await rig.PlanAsync(), 0, 4, [], lane, Lanes: 2, 1) { Before = new Counts(before, 0, 0, 0) };
        await Fanout.Orchestration.Activities.WorkBatchAsync(rig.Scope, input, checkpoint, new BatchExecution(1, CancellationToken.None, CancellationToken.None));
    }

    private BatchRig Rig(FlowSpec flow, FailureSpec? failure = null, bool lanesShareProcess = true)
    {
        var rig = new BatchRig(BatchRig.Range(100, flow, failure), (_, _) => ValueTask.FromResult<string?>(null), _time, lanesShareProcess: lanesShareProcess);
        _rigs.Add(rig);
        return rig;
    }
}
