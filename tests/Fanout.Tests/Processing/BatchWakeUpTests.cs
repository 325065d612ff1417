using Fanout.Processing;
using Fanout.Runs;
using Fanout.Tests.Processing.Feeds;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>Nothing that may start is left without a worker, or a timer that brings one: here no slice ends, and nothing else would.</summary>
public sealed class BatchWakeUpTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly BatchSpec Endless = new() { Slice = TimeSpan.FromDays(1) };
    private static readonly PerKeySpec OnePerSecond = new("/k") { Rate = new Rate(1, Second), Burst = 1 };

    private readonly WatchedTime _time = new();

    [Fact]
    public async Task KeyThatComesDueWhileEveryWorkerHandlesAnItem_GetsAnotherWorker()
    {
        // As many workers as processors come first. Once each has an item one is left to start, and for it comes the one worker that finds nothing else.
        var first = Environment.ProcessorCount;
        using var all = new CountdownEvent(first);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (begun, started) = (0, 0);
        var keys = Enumerable.Range(0, 2 * (first + 1)).Select(i => i % (first + 1)).ToList();
        await using var rig = KeyedRig.Create(keys, OnePerSecond, async (_, _, _, _) =>
        {
            if (Interlocked.Increment(ref begun) <= first)
            {
                all.Signal();
                all.Wait(CancellationToken.None);
            }

            Interlocked.Increment(ref started);
            await hold.Task;
        }, _time, concurrency: 64);
        var work = rig.WorkAllAsync();
        await BatchRig.UntilAsync(() => Volatile.Read(ref started) == first + 1);

        _time.Advance(Second);
        await BatchRig.UntilAsync(() => Volatile.Read(ref started) == keys.Count);
        hold.SetResult();
        Assert.Equal(keys.Count, (await work.WaitAsync(Patience)).Tally.Succeeded);
    }

    [Fact]
    public async Task ClockOfTheRateThatLagsBehindTheClockOfTimers_LosesNoStart()
    {
        var time = new LaggingTime();
        await using var rig = KeyedRig.Create([0, 0, 0], OnePerSecond, (_, _, _, _) => ValueTask.CompletedTask, time);
        var work = rig.WorkAllAsync();
        await PassAsync(time, work, TimeSpan.FromMilliseconds(10), steps: 3_000);
        Assert.Equal(3, (await work.WaitAsync(Patience)).Tally.Succeeded);
    }

    [Fact]
    public async Task HandlerThatIsLeftBehind_TakesNobodysPlaceButItsOwn()
    {
        var forever = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = 0;
        var failure = new FailureSpec { Timeout = Second, Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = Second, Jitter = false } };
        await using var rig = new BatchRig(BatchRig.Range(1, new FlowSpec { Concurrency = 2 }, failure, Endless), async (_, _) =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
                await forever.Task;
            return null;
        }, _time);
        var work = rig.WorkAsync(0, 1);
        await PassAsync(_time, work, TimeSpan.FromMilliseconds(100), steps: 600);
        Assert.Equal((1L, 2L), ((await work.WaitAsync(Patience)).Tally.Succeeded, (await work).Tally.Attempts));
        forever.SetResult();
    }

    [Fact]
    public async Task HandlerThatIsLeftBehindUnderARate_DoesNotStopTheOtherLanes()
    {
        var forever = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var flow = new FlowSpec { Concurrency = 8, Rate = new Rate(10, Second), Burst = 1 };
        await using var rig = new BatchRig(BatchRig.Range(60, flow, new FailureSpec { Timeout = Second }, Endless), async (context, _) =>
        {
            if (context.Index % 20 == 0)
                await forever.Task;
            return null;
        }, _time);
        var lanes = Enumerable.Range(0, 3).Select(lane => rig.WorkAsync(lane * 20, (lane + 1) * 20, key: $"b0001-l{lane:D2}-00000", lane: lane, lanes: 3)).ToList();
        var work = Task.WhenAll(lanes);
        await PassAsync(_time, work, TimeSpan.FromMilliseconds(50), steps: 2_000);
        var results = await work.WaitAsync(Patience);
        Assert.Equal((57L, 3L), (results.Sum(result => result.Tally.Succeeded), results.Sum(result => result.Tally.TimedOut)));
        forever.SetResult();
    }

    [Fact]
    public async Task LeftHandlerOfTheLastKey_EndsTheBatchWhenItReturns()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = new BatchRig(KeyedSpec(new FailureSpec { Timeout = Second }), async (_, _) =>
        {
            await late.Task;
            return null;
        }, _time)
        {
            Source = KeyedRig.Source([0]),
        };
        var work = rig.WorkAllAsync();
        await LeaveBehindAsync(rig);
        Assert.False(work.IsCompleted);
        late.SetResult();
        Assert.Equal((BatchEnd.RangeDone, 1L), ((await work.WaitAsync(Patience)).End, (await work).Tally.TimedOut));
    }

    [Fact]
    public async Task HandlerThatIsLeftBehind_LetsItsKeyGoOnWhenItReturns()
    {
        var (late, next) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var rig = new BatchRig(KeyedSpec(new FailureSpec { Timeout = Second }), async (context, _) =>
        {
            await (context.Index == 0 ? late : next).Task;
            return null;
        }, _time)
        {
            Source = KeyedRig.Source([0, 0]),
        };
        var work = rig.WorkAllAsync();
        await LeaveBehindAsync(rig);
        late.SetResult();
        // Nobody holds the place of who was left behind any more, and nobody is wanted in it.
        await BatchRig.UntilAsync(() => (rig.Scope.Observe().InFlight, rig.Scope.Pool.InUse, rig.Scope.Pool.Demand) == (1, 1, 1));
        next.SetResult();
        Assert.Equal((1L, 1L), ((await work.WaitAsync(Patience)).Tally.Succeeded, (await work).Tally.TimedOut));
    }

    [Fact]
    public async Task HandlerThatIsLeftBehind_HasItsPlaceUntilItReturns()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var overlaps = false;
        await using var rig = new BatchRig(BatchRig.Range(2, new FlowSpec { Concurrency = 1 }, new FailureSpec { Timeout = Second }, Endless), async (context, _) =>
        {
            if (context.Index == 0)
                await late.Task;
            else
                overlaps = !late.Task.IsCompleted;
            return null;
        }, _time);
        var work = rig.WorkAsync(0, 2);
        await LeaveBehindAsync(rig);
        Assert.Equal(1, rig.Scope.Pool.InUse);
        late.SetResult();
        Assert.Equal((1L, 1L, false), ((await work.WaitAsync(Patience)).Tally.Succeeded, (await work).Tally.TimedOut, overlaps));
    }

    [Fact]
    public async Task BatchThatClosesWhenItsTurnHasCome_LeavesTheTurnToTheOthers()
    {
        var flow = new FlowSpec { Concurrency = 8, Rate = new Rate(1, Second), Burst = 1 };
        await using var rig = new BatchRig(BatchRig.Range(20, flow, batch: Endless), (_, _) => ValueTask.FromResult<string?>(null), _time);
        // No slot is to be had: who is called does not come.
        rig.Scope.Caps.Set("limit x", 0);
        var turns = rig.Scope.PaceTurns;
        await using var one = await MadeBatch.MakeAsync(rig, lane: 0);
        await using var other = await MadeBatch.MakeAsync(rig, lane: 1);
        Assert.True(turns.TryEnter(one.Batch));
        Assert.False(turns.TryEnter(other.Batch));
        turns.Leave();
        Assert.False(turns.TryEnter(one.Batch));

        other.Batch.Close(BatchEnd.HandedBack);
        Assert.True(turns.TryEnter(one.Batch));
        turns.Leave();
    }

    [Fact]
    public async Task OfSeveralLanes_OneHoldsASlotBeforeThePacer()
    {
        var hour = TimeSpan.FromHours(1);
        await using var rig = new BatchRig(
            BatchRig.Range(16, new FlowSpec { Concurrency = 8, Rate = new Rate(1, hour), Burst = 1 }, batch: Endless), (_, _) => ValueTask.FromResult<string?>(null), _time);
        await using var one = await MadeBatch.MakeAsync(rig, lane: 0);
        await using var other = await MadeBatch.MakeAsync(rig, lane: 1);
        var first = one.Batch.RunAsync(CancellationToken.None);
        await BatchRig.UntilAsync(() => _time.Waits.Contains(hour));
        var second = other.Batch.RunAsync(CancellationToken.None);
        await BatchRig.UntilAsync(() => rig.Scope.Pool.InUse == 1);
        rig.Scope.StopHost();
        Assert.Equal((1L, 1, 0), ((await first.WaitAsync(Patience)).Tally.Succeeded, (await first).Pending.Count, (await second.WaitAsync(Patience)).Pending.Count));
    }

    [Fact]
    public async Task BatchThatHasNothingToStartWhenItsTurnComes_PassesItOn()
    {
        var flow = new FlowSpec { Concurrency = 8, Rate = new Rate(1, Second), Burst = 1 };
        await using var rig = new BatchRig(BatchRig.Range(16, flow, batch: Endless), (_, _) => ValueTask.FromResult<string?>(null), _time);
        var turns = rig.Scope.PaceTurns;
        await using var one = await MadeBatch.MakeAsync(rig, lane: 0);
        await using var empty = await MadeBatch.MakeAsync(rig, lane: 1, with: input => input with { End = input.Start });
        Assert.True(turns.TryEnter(one.Batch));
        Assert.False(turns.TryEnter(empty.Batch));
        turns.Leave();
        Assert.True(turns.TryEnter(one.Batch));
        turns.Leave();
    }

    [Fact]
    public async Task FailureIsCounted_BeforeItsSlotIsGivenToAnyone()
    {
        // The second batch has no slot but the first one's, which that must give up after its item, the one that trips the failure policy.
        var (hold, begun) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var started = 0;
        var failure = new FailureSpec { Tolerate = new Tolerance(0, null) };
        await using var rig = new BatchRig(BatchRig.Range(20, new FlowSpec { Concurrency = 1 }, failure, Endless), async (_, _) =>
        {
            Interlocked.Increment(ref started);
            begun.TrySetResult();
            await hold.Task;
            throw new InvalidOperationException("one too many");
        }, _time);
        rig.Scope.SetTotal(20);
        var first = rig.WorkAsync(0, 10);
        await begun.Task.WaitAsync(Patience);
        var second = rig.WorkAsync(10, 20, key: "b0001-l01-00000", lane: 1, lanes: 2);
        await BatchRig.UntilAsync(() => rig.Scope.Pool.Demand > 10);
        hold.SetResult();
        await Task.WhenAll(first, second).WaitAsync(Patience);
        Assert.Equal(1, started);
    }

    [Fact]
    public async Task AllotmentThatChangesBeforeABatchIsAtWork_IsFeltInIt()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = 0;
        await using var rig = new BatchRig(BatchRig.Range(8, new FlowSpec { Concurrency = 1 }, batch: Endless), async (_, _) =>
        {
            Interlocked.Increment(ref started);
            await hold.Task;
            return null;
        }, _time, lanesShareProcess: false);
        await using var made = await MadeBatch.MakeAsync(rig, lane: 0, lanes: 1);
        rig.Scope.Apply(new RunControl(1, Concurrency: 4));
        var work = made.Batch.RunAsync(CancellationToken.None);
        await BatchRig.UntilAsync(() => Volatile.Read(ref started) == 4);
        hold.SetResult();
        Assert.Equal(8, (await work.WaitAsync(Patience)).Tally.Succeeded);
    }

    [Fact]
    public async Task WhoLooksAtTheRunFromAClocksTimer_NeverWaitsForTheBatchThatSetsIt()
    {
        var time = new LookingTime();
        var failure = new FailureSpec { Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = Second, Jitter = false } };
        await using var rig = new BatchRig(BatchRig.Range(3, failure: failure, batch: Endless), (context, _) =>
            context.Attempt == 1 ? throw new InvalidOperationException("again") : ValueTask.FromResult<string?>(null), time);
        time.Look = () => rig.Scope.Observe();
        var work = rig.WorkAsync(0, 3);
        await BatchRig.UntilAsync(() => time.Looks > 0);
        await PassAsync(time, work, TimeSpan.FromMilliseconds(100), steps: 600);
        await work.WaitAsync(Patience);
        Assert.Equal(0, time.Blocked);
    }

    // Not before its last timer is set, or that would be set from a later now.
    private async Task LeaveBehindAsync(BatchRig rig)
    {
        await BatchRig.UntilAsync(() => _time.Waits.Contains(Second + RunScope.AbandonAfter));
        _time.Advance(Second + RunScope.AbandonAfter);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().TimedOut == 1 && rig.Scope.Observe().InFlight == 0);
    }

    private static RunSpec KeyedSpec(FailureSpec failure) =>
        BatchRig.Range(1, new FlowSpec { Concurrency = 2, PerKey = new PerKeySpec("/k") { Concurrency = 1 } }, failure, Endless);

    private static async Task PassAsync(FakeTimeProvider time, Task work, TimeSpan step, int steps)
    {
        for (; steps > 0 && !work.IsCompleted; steps--)
        {
            time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    /// <summary>Its monotonic clock is a thousandth slower than its calendar, by which timers are set.</summary>
    private sealed class LaggingTime : FakeTimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() / 1_000 * 999;
    }

    /// <summary>Whenever a timer is set another thread looks at the run, as one would that a timer calls.</summary>
    private sealed class LookingTime : FakeTimeProvider
    {
        private int _looks;
        private int _blocked;

        public Action? Look { get; set; }

        public int Looks => Volatile.Read(ref _looks);

        public int Blocked => Volatile.Read(ref _blocked);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new LookingTimer(this, base.CreateTimer(callback, state, dueTime, period));

        private void LookNow()
        {
            if (Look is not { } look)
                return;
            if (!Task.Run(look).Wait(TimeSpan.FromSeconds(20)))
                Interlocked.Increment(ref _blocked);
            Interlocked.Increment(ref _looks);
        }

        private sealed class LookingTimer(LookingTime time, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime > TimeSpan.Zero)
                    time.LookNow();
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
