using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What a batch is told of what came before it, and what it tells whoever comes after.</summary>
public sealed class BatchInputTests
{
    private const string Key = "b0001-l00-00000";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1, 10)]
    [InlineData(0.5, 5)]
    [InlineData(7, 10)]
    [InlineData(0.01, 0.5)]
    public async Task Slice_IsAsLongAsItsFractionSays_AndNoShorterThanATwentieth(double fraction, double seconds)
    {
        await using var held = new HeldHandler(_time, new FlowSpec { Concurrency = 1 });
        var work = await held.BeginAsync(input => input with { SliceFraction = fraction });
        _time.Advance((seconds * Second) - TimeSpan.FromTicks(1));
        held.End();
        await held.StartedAsync();
        _time.Advance(TimeSpan.FromTicks(1));
        held.End();
        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, 2L), (result.End, result.Next));
    }

    [Theory]
    [InlineData(null, 8)]
    [InlineData(3, 3)]
    [InlineData(20, 8)]
    public async Task BatchThatMayStartSoMany_StartsNoMore(int? mostStarts, int started)
    {
        await using var rig = Rig((_, _) => ValueTask.FromResult<string?>(null), new FlowSpec { Concurrency = 2 });
        var result = await WorkAsync(rig, await InputAsync(rig) with { MaxStarts = mostStarts });
        Assert.Equal((BatchEnd.RangeDone, started, started), (result.End, result.Next, result.Tally.Succeeded));
    }

    [Fact]
    public async Task Speed_IsOfThisExecution_WithoutWhatAnEarlierOneSettled()
    {
        await using var rig = Rig((_, _) =>
        {
            _time.Advance(0.5 * Second);
            return ValueTask.FromResult<string?>(null);
        }, new FlowSpec { Concurrency = 1 });
        var before = new BatchCheckpoint([], 4, [], Tally.Zero with { Succeeded = 4, Attempts = 4 });
        var result = await WorkAsync(rig, await InputAsync(rig), before);
        Assert.Equal((8L, 8L), (result.Next, result.Tally.Succeeded));
        Assert.Equal(2, result.ItemsPerSecond, 9);
    }

    [Theory]
    [InlineData(5, null, 5)]
    [InlineData(null, 3, 3)]
    [InlineData(5, 3, 3)]
    public async Task LaneThatIsApart_StartsWhenItsRateLets_AsItsLastBatchOrExecutionSaw(int? ofInput, int? ofCheckpoint, int seconds)
    {
        var started = 0;
        await using var rig = Rig((_, _) =>
        {
            Interlocked.Increment(ref started);
            return ValueTask.FromResult<string?>(null);
        }, new FlowSpec { Concurrency = 8, Rate = new Rate(1, Second), Burst = 1 }, lanesShareProcess: false);
        var input = await InputAsync(rig) with { PaceArrival = ofInput is { } later ? _time.GetUtcNow() + (later * Second) : null };
        var checkpoint = ofCheckpoint is { } then ? BatchCheckpoint.Start(input) with { PaceArrival = _time.GetUtcNow() + (then * Second) } : null;
        using var stop = new CancellationTokenSource();
        var work = WorkAsync(rig, input, checkpoint, stop.Token);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().WaitingFor == WaitCauses.Rate);
        _time.Advance((seconds * Second) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, started);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await BatchRig.UntilAsync(() => Volatile.Read(ref started) == 1);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().WaitingFor == WaitCauses.Rate);
        await stop.CancelAsync();
        // What it started is what the next must wait for.
        Assert.Equal(_time.GetUtcNow() + Second, (await work).PaceArrival);
    }

    [Fact]
    public async Task RateThatIsRetuned_IsThatOfALaneApartToo()
    {
        var started = 0;
        await using var rig = Rig((_, _) =>
        {
            Interlocked.Increment(ref started);
            return ValueTask.FromResult<string?>(null);
        }, new FlowSpec { Concurrency = 8, Rate = new Rate(1, TimeSpan.FromHours(1)), Burst = 1 }, lanesShareProcess: false);
        using var stop = new CancellationTokenSource();
        var work = WorkAsync(rig, await InputAsync(rig), stopping: stop.Token);
        await BatchRig.UntilAsync(() => Volatile.Read(ref started) == 1 && rig.Scope.Observe().WaitingFor == WaitCauses.Rate);
        rig.Scope.Apply(new RunControl(1, Rate: new Rate(1, Second), Burst: 1));
        await AdvanceUntilAsync(() => Volatile.Read(ref started) == 3);
        await stop.CancelAsync();
        await work;
    }

    [Fact]
    public async Task WhatIsHandedBack_IsInOrder_AndWhatFailedIsGrouped()
    {
        var failure = new FailureSpec { Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1), Jitter = false } };
        await using var rig = Rig((context, _) => context.Index switch
        {
            0 or 3 or 5 => throw new InvalidOperationException("again"),
            6 => throw new PermanentItemException("never"),
            _ => ValueTask.FromResult<string?>(null),
        }, new FlowSpec { Concurrency = 3 }, failure);

        var result = await WorkAsync(rig, await InputAsync(rig) with { MoreFollows = true });

        Assert.Equal([(0L, 1), (3L, 1), (5L, 1)], result.Pending.Select(item => (item.Index, item.Attempts)));
        Assert.All(result.Pending, item => Assert.Equal(_time.GetUtcNow() + TimeSpan.FromHours(1), item.NotBefore));
        Assert.Equal((4L, 1L), (result.Tally.Succeeded, result.Tally.Failed));
        Assert.Equal(("never", 6L, 1L), Assert.Single(result.Tally.Errors) is var group ? (group.ExampleMessage, group.ExampleIndex, group.Count) : default);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task RetryThatIsDueSoon_IsStayedFor_AndALaterOneGoesWithTheLanesNextBatch(int milliseconds, bool stays)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        await using var rig = Rig(
            (context, _) => context is { Index: 3, Attempt: 1 } ? throw new InvalidOperationException("again") : ValueTask.FromResult<string?>(null),
            new FlowSpec { Concurrency = 1 },
            new FailureSpec { Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = delay, Jitter = false } });
        var work = WorkAsync(rig, await InputAsync(rig) with { MoreFollows = true });
        if (stays)
            await AdvanceUntilAsync(() => work.IsCompleted);
        var result = await work;
        Assert.Equal((BatchEnd.RangeDone, stays ? 8 : 7, stays ? 0 : 1), (result.End, result.Tally.Succeeded, result.Pending.Count));
    }

    [Fact]
    public async Task Checkpoints_TellTheEnding_WhenThereIsOne()
    {
        await using (var held = new HeldHandler(_time, new FlowSpec { Concurrency = 1 }))
        {
            var work = await held.BeginAsync(input => input);
            held.End();
            await held.StartedAsync();
            await AdvanceUntilAsync(() => Find(held.Rig) is not null);
            Assert.Equal((1L, null, false, 1), (Find(held.Rig)!.Tally.Succeeded, Find(held.Rig)!.Ending, Find(held.Rig)!.Survived, Find(held.Rig)!.Unsettled.Count));
            held.EndAll();
            await work;
            Assert.Equal((BatchEnd.RangeDone, false), (Find(held.Rig)!.Ending!.End, Find(held.Rig)!.Survived));
        }

        await using var aborted = new HeldHandler(_time, new FlowSpec { Concurrency = 1 });
        using var abort = new CancellationTokenSource();
        var given = await aborted.BeginAsync(input => input, abort.Token);
        aborted.End();
        await aborted.StartedAsync();
        await abort.CancelAsync();
        aborted.EndAll();
        Assert.Equal(BatchEnd.HandedBack, (await given).End);
        Assert.Equal((null, true), (Find(aborted.Rig)!.Ending, Find(aborted.Rig)!.Survived));
    }

    private static BatchCheckpoint? Find(BatchRig rig) => BatchCheckpoint.FindAsync(rig.Results, "run", Key).AsTask().GetAwaiter().GetResult();

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private BatchRig Rig(Func<ItemContext, CancellationToken, ValueTask<string?>> handle, FlowSpec flow, FailureSpec? failure = null, bool lanesShareProcess = true) =>
        new(BatchRig.Range(8, flow, failure), handle, _time, lanesShareProcess: lanesShareProcess);

    private static async Task<BatchInput> InputAsync(BatchRig rig) => new("run", Key, await rig.PlanAsync(), 0, 8, [], Lane: 0, Lanes: 1, SliceFraction: 1);

    private static Task<BatchResult> WorkAsync(BatchRig rig, BatchInput input, BatchCheckpoint? checkpoint = null, CancellationToken stopping = default) =>
        Fanout.Orchestration.Activities.WorkBatchAsync(rig.Scope, input, checkpoint, new BatchExecution(1, stopping, CancellationToken.None));

    /// <summary>Handlers end one by one, when the test says so.</summary>
    private sealed class HeldHandler : IAsyncDisposable
    {
        private readonly SemaphoreSlim _started = new(0);
        private readonly SemaphoreSlim _ends = new(0);

        public HeldHandler(TimeProvider time, FlowSpec flow) => Rig = new BatchRig(BatchRig.Range(8, flow), HandleAsync, time);

        public BatchRig Rig { get; }

        public async Task<Task<BatchResult>> BeginAsync(Func<BatchInput, BatchInput> with, CancellationToken abort = default)
        {
            var input = with(await InputAsync(Rig));
            var work = Fanout.Orchestration.Activities.WorkBatchAsync(Rig.Scope, input, checkpoint: null, new BatchExecution(1, CancellationToken.None, abort));
            await StartedAsync();
            return work;
        }

        public Task StartedAsync() => _started.WaitAsync();

        public void End() => _ends.Release();

        public void EndAll() => _ends.Release(100);

        public async ValueTask DisposeAsync()
        {
            await Rig.DisposeAsync();
            _started.Dispose();
            _ends.Dispose();
        }

        private async ValueTask<string?> HandleAsync(ItemContext context, CancellationToken cancellationToken)
        {
            _started.Release();
            await _ends.WaitAsync(CancellationToken.None);
            return null;
        }
    }
}
