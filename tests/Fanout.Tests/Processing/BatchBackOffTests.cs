using System.Collections.Concurrent;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Sources;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>A throttle slows down more than its own item. Handlers end when and how the test says.</summary>
public sealed class BatchBackOffTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<TaskCompletionSource<string?>> _handlers = new();
    private BatchRig? _rig;
    private Task<BatchResult>? _work;
    private int _started;

    private BatchRig Rig => _rig!;

    [Fact]
    public async Task RetryAfter_StartsNothingBeforeAndHalfAfter_AndRecoversStepByStep()
    {
        Begin(new FlowSpec { Concurrency = 8 });
        await StartedAsync(8);
        Throttle(5 * Second);
        await BatchRig.UntilAsync(() => InFlight == 7);
        Complete(7);
        await BatchRig.UntilAsync(() => InFlight == 0 && Rig.Scope.Pool.InUse == 0);
        _time.Advance(4.999 * Second);
        Assert.Equal((8, 0), (_started, Rig.Scope.Pool.InUse));
        Assert.Contains(Rig.Scope.Observe().Waits, share => share.Cause == "back-off");

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await StartedAsync(8 + 4);
        Assert.Equal(4, Rig.Scope.Pool.InUse);
        for (var second = 0; second < 6; second++)
        {
            await CompleteOneAsync();
            _time.Advance(Second);
        }

        await BatchRig.UntilAsync(() => InFlight == 8);
        Assert.Equal((8, null), Rig.Scope.Caps.Over(8));
        await FinishAsync();
    }

    [Fact]
    public async Task Volley_HalvesOnce()
    {
        Begin(new FlowSpec { Concurrency = 8 });
        await StartedAsync(8);
        for (var i = 0; i < 8; i++)
            Throttle(null);
        await StartedAsync(8 + 4);
        Assert.Equal((4, "back-off"), Rig.Scope.Caps.Over(8));
        await FinishAsync();
    }

    [Fact]
    public async Task Rate_IsHalvedToo()
    {
        Begin(new FlowSpec { Concurrency = 8, Rate = new Rate(1, Second), Burst = 1 });
        await StartedAsync(1);
        Throttle(10 * Second);
        await BatchRig.UntilAsync(() => Rig.Scope.BackOff.IsActive);
        Assert.Equal(0.5, Rig.Scope.EffectiveAllotment.Rate!.Value.PerSecond);
        // What stands before the pacer may start by its rate, and does not by the back-off.
        _time.Advance(9.9 * Second);
        Assert.Equal(1, _started);
        _time.Advance(0.1 * Second);
        await StartedAsync(2);
        await FinishAsync();
    }

    [Fact]
    public async Task NarrowerScope_IsSlowedInsteadOfTheRun()
    {
        var key = new KeyScope();
        Begin(new FlowSpec { Concurrency = 2 }, throttles: key);
        await StartedAsync(2);
        Throttle(5 * Second);
        await StartedAsync(3);
        Assert.Equal((5 * Second, false), (Assert.Single(key.Throttles), Rig.Scope.BackOff.IsActive));
        await CompleteOneAsync();
        await BatchRig.UntilAsync(() => key.Successes == 1);
        await FinishAsync();
    }

    [Fact]
    public async Task RetuneWhileBackingOff_IsScaledToo()
    {
        Begin(new FlowSpec { Concurrency = 8 });
        await StartedAsync(8);
        Throttle(null);
        await BatchRig.UntilAsync(() => Rig.Scope.BackOff.IsActive);
        Rig.Scope.Apply(new RunControl(1, Concurrency: 20));
        Assert.Equal((10, "back-off"), Rig.Scope.Caps.Over(20));
        await FinishAsync();
    }

    [Fact]
    public async Task AdaptiveRun_BeginsWithOneItemAndGrowsAsItLearns()
    {
        Begin(new FlowSpec { Concurrency = 8, Adaptive = true });
        await StartedAsync(1);
        Assert.Equal((1, "adaptive"), Rig.Scope.Caps.Over(8));
        await GrowAsync(8);
        Assert.Equal((8, null), Rig.Scope.Caps.Over(8));
        await FinishAsync();
    }

    [Fact]
    public async Task AdaptiveRun_ComesDownByATenth_WhenAnItemIsThrottled_AndNotWhenOneFails()
    {
        Begin(new FlowSpec { Concurrency = 64, Adaptive = true });
        await GrowAsync(16);
        Next().SetException(new InvalidOperationException("no"));
        await CompleteOneAsync();
        Assert.Equal(16, Rig.Scope.Adaptive!.Limit);
        Throttle(null);
        await BatchRig.UntilAsync(() => Rig.Scope.Adaptive!.Limit == 14);
        await FinishAsync();
    }

    [Fact]
    public async Task AdaptiveRun_ComesDownByATenth_WhenItemsTimeOut()
    {
        Begin(new FlowSpec { Concurrency = 64, Adaptive = true }, timeout: 10 * Second);
        await GrowAsync(16);
        _time.Advance(10 * Second);
        while (_handlers.TryDequeue(out var late))
            late.SetCanceled();
        // All of them at once are one drop.
        await BatchRig.UntilAsync(() => Rig.Scope.Adaptive!.Limit == 14);
        await FinishAsync();
    }

    [Fact]
    public async Task AdaptiveRun_WhoseLanesAreApart_HasAPlaceForEach_AndGrowsByWhatItsOwnTells()
    {
        Begin(new FlowSpec { Concurrency = 8, Adaptive = true }, lanes: 2);
        await StartedAsync(1);
        Assert.Equal((1, "adaptive"), Rig.Scope.Caps.Over(8));
        foreach (var (limit, ofLane) in new[] { (2, 1), (4, 2), (8, 4) })
        {
            _time.Advance(Second);
            Complete(_handlers.Count);
            await BatchRig.UntilAsync(() => Rig.Scope.Adaptive!.Limit == limit && _handlers.Count == ofLane);
        }

        await FinishAsync();
    }

    [Fact]
    public async Task AdaptiveRunUnderABackOff_HasNoMoreThanThatLeaves()
    {
        Begin(new FlowSpec { Concurrency = 8, Adaptive = true }, lanes: 4);
        await StartedAsync(1);
        Rig.Scope.Caps.Set("back-off", 3);
        // Three of four lanes have a place: this is the first.
        await CompleteOneAsync();
        await StartedAsync(2);
        Rig.Scope.Caps.Set("back-off", 0);
        await CompleteOneAsync();
        Assert.Equal((2, 0), (_started, Rig.Scope.Pool.InUse));
        Rig.Scope.Caps.Set("back-off", null);
        await StartedAsync(3);
        await FinishAsync();
    }

    [Fact]
    public async Task ItemThatIsReadWhileNothingMayStart_IsPutBack_AndHoldsNoSlot()
    {
        var reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = new BatchRig(BatchRig.Range(1, new FlowSpec { Concurrency = 2 }), (_, _) =>
        {
            Interlocked.Increment(ref _started);
            return ValueTask.FromResult<string?>(null);
        }, _time);
        await rig.InterceptReadersAsync(async (open, start, end) => new LateReader(await open(start, end), reader.Task));
        var work = rig.WorkAsync(0, 1);
        await BatchRig.UntilAsync(() => rig.Scope.Pool.InUse == 1);
        rig.Scope.BackOff.NoteThrottled(default, 5 * Second);
        reader.SetResult();
        await BatchRig.UntilAsync(() => rig.Scope.Observe().WaitingForRetry == 1 && rig.Scope.Pool.InUse == 0);
        Assert.Equal(0, _started);
        _time.Advance(5 * Second);
        Assert.Equal((1L, 1L), ((await work).Tally.Succeeded, (await work).Tally.Attempts));
    }

    [Fact]
    public async Task AdaptiveRun_DoesNotGrow_WhileItsLanesTogetherUseHalfOfWhatTheyMay()
    {
        await using var rig = new BatchRig(
            BatchRig.Range(4, new FlowSpec { Concurrency = 64, Adaptive = true }, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }),
            (_, _) => new ValueTask<string?>(HoldAsync()),
            _time);
        var work = rig.WorkAsync(0, 4, lanes: 2);
        for (var items = 1; items <= 2; items++)
        {
            await StartedAsync((2 * items) - 1);
            _time.Advance(Second);
            Complete(1);
            await BatchRig.UntilAsync(() => rig.Scope.Adaptive!.Limit == 2 * items);
        }

        // Two are left of those, and nobody comes any more for whom there is no item.
        await StartedAsync(4);
        await BatchRig.UntilAsync(() => rig.Scope.Pool.InUse == 2);
        Complete(1);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().Succeeded == 3 && rig.Scope.Pool.InUse == 1);
        _time.Advance(Second);
        Complete(1);
        await work;
        Assert.Equal(4, rig.Scope.Adaptive!.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (_work is { IsCompleted: false })
            await FinishAsync();
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    private int InFlight => Rig.Scope.Observe().InFlight;

    private void Begin(FlowSpec flow, IThrottleScopes? throttles = null, TimeSpan? timeout = null, int lanes = 1)
    {
        _rig = new BatchRig(
            BatchRig.Range(1_000, flow, new FailureSpec { Timeout = timeout }, new BatchSpec { Slice = TimeSpan.FromMinutes(5) }),
            (_, _) => new ValueTask<string?>(HoldAsync()),
            _time,
            lanesShareProcess: lanes == 1);
        if (throttles is not null)
            _rig.Scope.Throttles = throttles;
        _work = _rig.WorkAsync(0, 1_000, lanes: lanes);
    }

    private Task<string?> HoldAsync()
    {
        var held = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _handlers.Enqueue(held);
        Interlocked.Increment(ref _started);
        return held.Task;
    }

    private async Task GrowAsync(int limit)
    {
        await StartedAsync(1);
        for (var expected = 2; expected <= limit; expected *= 2)
        {
            // A second is a window, whatever the number of samples; all in flight take as long as the first did.
            _time.Advance(Second);
            Complete(expected / 2);
            await BatchRig.UntilAsync(() => Rig.Scope.Adaptive!.Limit == expected && _handlers.Count == expected);
        }
    }

    private Task StartedAsync(int count) => BatchRig.UntilAsync(() => Volatile.Read(ref _started) == count);

    private void Throttle(TimeSpan? retryAfter) => Next().SetException(new ThrottledItemException(retryAfter, "slow down"));

    private void Complete(int count)
    {
        for (var i = 0; i < count; i++)
            Next().SetResult(null);
    }

    private async Task CompleteOneAsync()
    {
        var before = Rig.Scope.Observe().Succeeded;
        Complete(1);
        await BatchRig.UntilAsync(() => Rig.Scope.Observe().Succeeded == before + 1);
    }

    private TaskCompletionSource<string?> Next() => _handlers.TryDequeue(out var next) ? next : throw new InvalidOperationException("No handler runs.");

    private async Task FinishAsync()
    {
        Rig.Scope.Apply(new RunControl(9, Paused: true));
        while (!_work!.IsCompleted)
        {
            while (_handlers.TryDequeue(out var held))
                held.SetResult(null);
            await Task.Yield();
        }

        await _work;
    }

    private sealed class LateReader(IItemReader inner, Task begin) : IItemReader
    {
        public bool TryRead(out Item item)
        {
            item = default;
            return begin.IsCompleted && inner.TryRead(out item);
        }

        public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
        {
            await begin.WaitAsync(cancellationToken);
            return await inner.WaitToReadAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class KeyScope : IThrottleScopes
    {
        private int _successes;

        public ConcurrentQueue<TimeSpan?> Throttles { get; } = new();

        public int Successes => Volatile.Read(ref _successes);

        public bool IsActive => !Throttles.IsEmpty;

        public void NoteThrottled(in Item item, TimeSpan? retryAfter) => Throttles.Enqueue(retryAfter);

        public void NoteSuccess(in Item item) => Interlocked.Increment(ref _successes);
    }
}
