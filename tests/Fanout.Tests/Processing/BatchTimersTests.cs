using Fanout.Processing;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What a batch's waits look like from outside, and what is left of them.</summary>
public sealed class BatchTimersTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly BatchSpec Endless = new() { Slice = TimeSpan.FromDays(1) };

    private readonly WatchedTime _time = new();

    [Fact]
    public async Task BatchThatHasEnded_LeavesNoTimerBehind()
    {
        var failure = new FailureSpec { Retry = new RetrySpec { MaxAttempts = 3, FirstDelay = Second, Jitter = false }, Timeout = TimeSpan.FromHours(1) };
        await using var rig = new BatchRig(BatchRig.Range(4, failure: failure, batch: Endless), (context, _) =>
            context is { Index: 2, Attempt: < 3 } ? throw new InvalidOperationException("again") : ValueTask.FromResult<string?>(null), _time);
        var before = _time.Waits.Count;
        using var abort = new CancellationTokenSource();
        var input = new BatchInput("run", "b0001-l00-00000", await rig.PlanAsync(), 0, 4, [], 0, 1, 1);
        var work = Fanout.Orchestration.Activities.WorkBatchAsync(rig.Scope, input, checkpoint: null, new BatchExecution(1, CancellationToken.None, abort.Token));
        foreach (var wait in new[] { Second, 2 * Second })
        {
            await BatchRig.UntilAsync(() => _time.Waits.Contains(wait));
            _time.Advance(wait);
        }

        Assert.Equal(4, (await work).Tally.Succeeded);
        // A worker that is out of it already may have its own to give back.
        await BatchRig.UntilAsync(() => _time.Waits.Count == before);
    }

    [Fact]
    public async Task RetryIsNotDue_UntilItsTimeHasCome()
    {
        var hour = TimeSpan.FromHours(1);
        var failure = new FailureSpec { Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = hour, MaxDelay = hour, Jitter = false } };
        await using var rig = new BatchRig(BatchRig.Range(8, failure: failure, batch: Endless), async (context, _) =>
        {
            await Task.Yield();
            return context.Attempt == 1 && context.Index % 3 == 0 ? throw new InvalidOperationException("again") : null;
        }, _time);
        await using var made = await MadeBatch.MakeAsync(rig, lane: 0);
        var due = _time.GetUtcNow() + hour;
        var work = made.Batch.RunAsync(CancellationToken.None);
        await BatchRig.UntilAsync(() => rig.Scope.Pool.InUse == 0 && made.Batch.Observe().WaitingForRetry == 3 && _time.Waits.Contains(hour));
        Assert.Equal((3, due, 3L), Waiting());

        // No slot is to be had: they wait on, but not for their time.
        rig.Scope.Caps.Set("limit x", 0);
        _time.Advance(hour);
        Assert.Equal((3, 0, 3), (made.Batch.Observe().WaitingForRetry, made.Batch.Observe().NotDue, rig.Scope.Pool.Demand));
        rig.Scope.Caps.Set("limit x", null);
        Assert.Equal((8L, 11L), ((await work).Tally.Succeeded, (await work).Tally.Attempts));
        Assert.Equal((0, null, 3L), Waiting());

        (int NotDue, DateTimeOffset? Next, long Retries) Waiting() => made.Batch.Observe() is var seen ? (seen.NotDue, seen.NextRetry, seen.Retries) : default;
    }

    [Fact]
    public async Task RetryThatIsDueLaterThanAnyTimerCanBeSetFor_IsLookedAtOnceADay()
    {
        var due = _time.GetUtcNow() + TimeSpan.FromDays(60);
        await using var rig = new BatchRig(BatchRig.Range(8), (_, _) => ValueTask.FromResult<string?>(null), _time);
        await using var made = await MadeBatch.MakeAsync(rig, lane: 0, with: input => input with { Start = 8, Pending = [new PendingItem(3, 1, due)] });
        var work = made.Batch.RunAsync(CancellationToken.None);
        Assert.Contains(TimeSpan.FromDays(1), _time.Waits);
        rig.Scope.StopHost();
        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, due), (result.End, Assert.Single(result.Pending).NotBefore));
    }

    [Fact]
    public async Task WaitForThePacer_IsOverWhenTheItemStarts()
    {
        var (started, end) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var flow = new FlowSpec { Concurrency = 4, Rate = new Rate(1, 3 * Second), Burst = 1 };
        await using var rig = new BatchRig(BatchRig.Range(2, flow, batch: Endless), async (context, _) =>
        {
            Interlocked.Increment(ref started);
            if (context.Index == 1)
                await end.Task;
            return null;
        }, _time);
        await using var made = await MadeBatch.MakeAsync(rig, lane: 0, with: input => input with { End = 2 });
        var work = made.Batch.RunAsync(CancellationToken.None);
        await BatchRig.UntilAsync(() => _time.Waits.Contains(3 * Second));
        _time.Advance(Second);
        Assert.Equal((true, Second), Pace());
        // What kind of handler it has shows with the first that awaits.
        Assert.Equal(Environment.ProcessorCount, made.Batch.Observe().Reach);
        _time.Advance(2 * Second);
        await BatchRig.UntilAsync(() => Volatile.Read(ref started) == 2);
        _time.Advance(5 * Second);
        Assert.Equal((false, 3 * Second), Pace());
        Assert.Equal(int.MaxValue, made.Batch.Observe().Reach);
        end.SetResult();
        await work;

        (bool Waits, TimeSpan Waited) Pace() => made.Batch.Observe() is var seen ? (seen.WaitsForPace, seen.WaitedForPace) : default;
    }
}
