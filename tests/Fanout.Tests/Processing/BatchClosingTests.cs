using System.Collections.Concurrent;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>How a batch ends before its range does.</summary>
public sealed class BatchClosingTests
{
    [Fact]
    public async Task FailuresBeyondTolerance_StartNothingNew()
    {
        var started = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failure = new FailureSpec { Tolerate = new Tolerance(2, null) };
        await using var rig = new BatchRig(BatchRig.Range(1_000, new FlowSpec { Concurrency = 4 }, failure), async (context, _) =>
        {
            // Four in flight: three fail at once, the fourth ends only when nothing else can start any more.
            var nth = Interlocked.Increment(ref started);
            if (nth == 4)
                gate.TrySetResult();
            await gate.Task;
            throw new PermanentItemException($"item {context.Index}");
        });
        rig.Scope.SetTotal(1_000);
        var result = await rig.WorkAsync(0, 1_000);

        Assert.Equal((BatchEnd.Stopped, CompletionReason.ToleranceExceeded), (result.End, result.Stop));
        Assert.InRange(result.Tally.Failed, 3, 3 + 4);
        Assert.Equal(result.Tally.Failed, started);
        Assert.Equal(CompletionReason.ToleranceExceeded, Assert.Single(rig.PersistedStops).Reason);
    }

    [Fact]
    public async Task FailFast_StopsAtTheFirstFailure()
    {
        await using var rig = new BatchRig(
            BatchRig.Range(1_000, new FlowSpec { Concurrency = 1 }, new FailureSpec { Tolerate = new Tolerance(0, null) }),
            (context, _) => context.Index == 7 ? throw new PermanentItemException("seven") : ValueTask.FromResult<string?>(null));
        rig.Scope.SetTotal(1_000);
        var result = await rig.WorkAsync(0, 1_000);
        Assert.Equal((7L, 1L, 8L), (result.Tally.Succeeded, result.Tally.Failed, result.Next));
    }

    [Fact]
    public async Task AttemptThatIsFollowedByAnother_IsNoFailure()
    {
        var failure = new FailureSpec { Tolerate = new Tolerance(0, null), Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } };
        await using var rig = new BatchRig(BatchRig.Range(10, failure: failure), (context, _) =>
            context.Attempt == 1 ? throw new InvalidOperationException("again") : ValueTask.FromResult<string?>(null));
        var result = await rig.WorkAsync(0, 10);
        Assert.Equal((BatchEnd.RangeDone, 10L, 20L), (result.End, result.Tally.Succeeded, result.Tally.Attempts));
    }

    [Fact]
    public async Task Cancel_CancelsTokensAndSettlesWhatWasStarted()
    {
        var time = new FakeTimeProvider();
        using var started = new SemaphoreSlim(0);
        await using var rig = new BatchRig(BatchRig.Range(100, new FlowSpec { Concurrency = 4 }), async (_, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
            return null;
        }, time);
        var work = rig.WorkAsync(0, 100);
        for (var i = 0; i < 4; i++)
            await started.WaitAsync();
        rig.Scope.Apply(new RunControl(1, Stop: CompletionReason.CancelledByRequest));

        var result = await work;
        Assert.Equal((BatchEnd.Stopped, 4L, 4L), (result.End, result.Tally.Cancelled, result.Tally.Settled));
        Assert.Equal(CompletionReason.CancelledByRequest, result.Stop);
    }

    [Fact]
    public async Task CallbackOfAHandlersTokenThatThrows_IsNoBusinessOfWhoeverCancels()
    {
        using var started = new SemaphoreSlim(0);
        await using var rig = new BatchRig(BatchRig.Range(10, new FlowSpec { Concurrency = 2 }), async (context, token) =>
        {
            await using var registration = token.Register(() => throw new InvalidOperationException($"{context.Index} does not like it."));
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return null;
        });
        var work = rig.WorkAsync(0, 10);
        await started.WaitAsync();
        await started.WaitAsync();
        rig.Scope.Apply(new RunControl(1, Stop: CompletionReason.CancelledByRequest));
        Assert.Equal(2, (await work).Tally.Cancelled);
    }

    [Fact]
    public async Task CallbackOfATimedOutHandlersTokenThatThrows_IsNoBusinessOfTheProcess()
    {
        var failure = new FailureSpec { Timeout = TimeSpan.FromMilliseconds(20) };
        await using var rig = new BatchRig(BatchRig.Range(2, failure: failure), async (context, token) =>
        {
            await using var registration = token.Register(() => throw new InvalidOperationException($"{context.Index} does not like it."));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return null;
        });
        Assert.Equal(2, (await rig.WorkAsync(0, 2)).Tally.TimedOut);
    }

    [Fact]
    public async Task ScopeDisposedWhileItsBatchWorks_AbortsItAndWaitsForItAndStopsNothingElse()
    {
        using var started = new SemaphoreSlim(0);
        await using var rig = new BatchRig(BatchRig.Range(100, new FlowSpec { Concurrency = 2, Rate = new Rate(1_000, TimeSpan.FromSeconds(1)) }), async (_, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return null;
        });
        var work = rig.WorkAsync(0, 100);
        await started.WaitAsync();
        await started.WaitAsync();
        await rig.Scope.DisposeAsync();

        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, 0L, 2L, 2), (result.End, result.Tally.Settled, result.Next, result.Pending.Count));
        Assert.Empty(rig.PersistedStops);
        rig.Restart();
    }

    [Fact]
    public async Task ExecutionThatWasReplaced_DoesNotTakeBackWhatItsSuccessorMadeDurable()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var started = new SemaphoreSlim(0);
        await using var rig = new BatchRig(BatchRig.Range(4, new FlowSpec { Concurrency = 1 }), async (context, _) =>
        {
            started.Release();
            await go.Task;
            return null;
        });
        var zombie = rig.WorkAsync(0, 4, epoch: 1);
        await started.WaitAsync();
        await using var zombieScope = rig.Scope;
        rig.Restart();
        rig.Handle = (_, _) => ValueTask.FromResult<string?>(null);
        var heir = await rig.WorkAsync(0, 4, epoch: 2);
        zombieScope.StopHost();
        go.SetResult();
        Assert.Equal(1, (await zombie).Next);

        // Whoever comes next finds all of it settled.
        rig.Restart();
        rig.Handle = (context, _) => throw new InvalidOperationException($"{context.Index} was durable.");
        var again = await rig.WorkAsync(0, 4, epoch: 3);
        Assert.Equal((heir.Next, heir.Tally.Succeeded), (again.Next, again.Tally.Succeeded));
    }

    [Fact]
    public async Task Pause_LetsItemsInFlightFinishAndHandsTheRestBack()
    {
        await using var held = await HeldBatch.BeginAsync(concurrency: 3);
        held.Rig.Scope.Apply(new RunControl(7, Paused: true));
        held.LetGo();
        var result = await held.Work;
        Assert.Equal((BatchEnd.Paused, 3L, 3L, 7L), (result.End, result.Tally.Succeeded, result.Next, result.ControlVersion));
    }

    [Fact]
    public async Task PauseThatIsLiftedBeforeTheLastItemEnds_IsReportedUnderItsOwnVersion()
    {
        await using var held = await HeldBatch.BeginAsync(concurrency: 1);
        held.Rig.Scope.Apply(new RunControl(7, Paused: true));
        held.Rig.Scope.Apply(new RunControl(8, Paused: false));
        held.LetGo();
        var result = await held.Work;
        // With 8 its branch would wait for a control newer than the one that resumed it.
        Assert.Equal((BatchEnd.Paused, 1L, 7L), (result.End, result.Next, result.ControlVersion));
    }

    [Theory]
    [InlineData(false, BatchEnd.Paused, 7)]
    [InlineData(true, BatchEnd.Stopped, 8)]
    public async Task ReasonThatComesFirst_Stays_UnlessTheRunIsToEnd(bool stops, BatchEnd end, long version)
    {
        await using var held = await HeldBatch.BeginAsync(concurrency: 1);
        held.Rig.Scope.Apply(new RunControl(7, Paused: true));
        held.Rig.Scope.Apply(new RunControl(8, Paused: true, Stop: stops ? CompletionReason.SourceFailed : null));
        held.Rig.Scope.StopHost();
        held.LetGo();
        var result = await held.Work;
        Assert.Equal((end, version, 1L), (result.End, result.ControlVersion, result.Next));
        Assert.Equal(stops ? CompletionReason.SourceFailed : null, result.Stop);
    }

    [Fact]
    public async Task BatchThatCloses_WantsNoMoreSlotsThanItHolds()
    {
        await using var held = await HeldBatch.BeginAsync(concurrency: 2);
        await BatchRig.UntilAsync(() => held.Rig.Scope.Pool.Demand > 2);
        held.Rig.Scope.Apply(new RunControl(1, Paused: true));
        Assert.Equal((2, 2), (held.Rig.Scope.Pool.Demand, held.Rig.Scope.Pool.InUse));
        held.LetGo();
        Assert.Equal(2, (await held.Work).Tally.Succeeded);
    }

    [Theory]
    [InlineData(true, null, BatchEnd.Paused)]
    [InlineData(true, CompletionReason.SourceFailed, BatchEnd.Stopped)]
    [InlineData(false, null, BatchEnd.HandedBack)]
    public async Task BatchThatBeginsWhenNothingMayStart_IsOverAtOnce(bool paused, CompletionReason? stop, BatchEnd end)
    {
        var time = new FakeTimeProvider();
        await using var rig = new BatchRig(BatchRig.Range(100), (context, _) => throw new InvalidOperationException($"{context.Index} started."), time);
        rig.Scope.Apply(new RunControl(7, Paused: paused, Stop: stop));
        if (!paused)
            rig.Scope.StopHost();
        var result = await rig.WorkAsync(0, 100);
        Assert.Equal((end, stop, 0L, 0L, 7L), (result.End, result.Stop, result.Next, result.Tally.Settled, result.ControlVersion));
    }

    [Fact]
    public async Task SliceOver_HandsBackWhatIsNotTakenAndWhatWaits()
    {
        var time = new FakeTimeProvider();
        using var started = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = new BatchRig(
            BatchRig.Range(100, new FlowSpec { Concurrency = 2 }, new FailureSpec { Retry = new RetrySpec { MaxAttempts = 3, FirstDelay = TimeSpan.FromSeconds(1), Jitter = false } with { FirstDelay = TimeSpan.FromMinutes(1) } }),
            async (context, _) =>
            {
                if (context.Index == 0)
                    throw new InvalidOperationException("later");
                started.Release();
                await go.Task;
                return null;
            },
            time);
        var work = rig.WorkAsync(0, 100);
        await started.WaitAsync();
        await started.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        go.SetResult();
        var result = await work;

        Assert.Equal((BatchEnd.HandedBack, 3L, 2L), (result.End, result.Next, result.Tally.Succeeded));
        var pending = Assert.Single(result.Pending);
        Assert.Equal((0L, 1), (pending.Index, pending.Attempts));
        Assert.NotNull(pending.NotBefore);

        // The next batch takes it up where it was: second attempt.
        rig.Handle = (context, _) => ValueTask.FromResult<string?>($"{context.Attempt}");
        time.Advance(TimeSpan.FromMinutes(2));
        var next = await rig.WorkAsync(100, 100, result.Pending, "b0001-l00-00001");
        var line = Assert.Single(await rig.ReadAsync(next));
        Assert.Equal((0L, 2, "2"), (line.Index, line.Attempts, line.Output!.Value.GetRawText()));
    }

    /// <summary>A batch of a hundred items at work, as many of them in flight as may be, until they are let go.</summary>
    private sealed class HeldBatch : IAsyncDisposable
    {
        private readonly SemaphoreSlim _started = new(0);
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private HeldBatch(int concurrency)
        {
            Rig = new BatchRig(BatchRig.Range(100, new FlowSpec { Concurrency = concurrency }), async (_, _) =>
            {
                _started.Release();
                await _go.Task;
                return null;
            });
            Work = Rig.WorkAsync(0, 100);
        }

        public BatchRig Rig { get; }

        public Task<BatchResult> Work { get; }

        public static async Task<HeldBatch> BeginAsync(int concurrency)
        {
            var held = new HeldBatch(concurrency);
            for (var i = 0; i < concurrency; i++)
                await held._started.WaitAsync();
            return held;
        }

        public void LetGo() => _go.SetResult();

        public async ValueTask DisposeAsync()
        {
            await Rig.DisposeAsync();
            _started.Dispose();
        }
    }
}
