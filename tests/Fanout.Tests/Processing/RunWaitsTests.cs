using Fanout.Flow;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Fanout.Runs;
using Fanout.Sources;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What runs say they are waiting for, in virtual time: nothing happens between two samples but what the test lets happen.</summary>
public sealed class RunWaitsTests
{
    private const int Items = 1_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task HandlersThatFillEveryPlace_AreAllItWaitsFor()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 4 });
        await held.BeginAsync(4);
        _time.Advance(6 * Second);
        Assert.Equal("handlers 100", Waits(held));
        Assert.Equal("handlers", held.Rig.Scope.Observe().WaitingFor);
    }

    [Fact]
    public async Task OneItemInFlightAndNoneLeft_IsAllHandlers()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 64 }, items: 1);
        await held.BeginAsync(1);
        _time.Advance(6 * Second);
        Assert.Equal("handlers 100", Waits(held));
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(20, 1)]
    public async Task ItemsThatCountForSeveralPlaces_HaveAllOfThem(int cost, int atOnce)
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 8, Cost = new CostSpec(cost, null) });
        await held.BeginAsync(atOnce);
        _time.Advance(6 * Second);
        Assert.Equal(("handlers 100", 8), (Waits(held), held.Rig.Scope.Observe().Places));
    }

    [Fact]
    public async Task PlacesThatTheRateLeavesEmpty_WaitForTheRate()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 4, Rate = new Rate(1, TimeSpan.FromHours(1)), Burst = 1 });
        await held.BeginAsync(1);
        await BatchRig.UntilAsync(() => Waits(held) == "rate 75, handlers 25");
        _time.Advance(6 * Second);
        Assert.Equal("rate 75, handlers 25", Waits(held));
    }

    [Fact]
    public async Task PaceOfALimit_IsCalledByItsName()
    {
        await using var holder = new LimitHolder(new OneLimit(new LimitSpec("x", null, new Rate(1, TimeSpan.FromHours(1)), 1)), "here", _ => false, _time);
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 4, Limits = ["x"] });
        held.Rig.Scope.Join(holder);
        await held.BeginAsync(0);
        // The holder asks for the run's share on a thread of its own, once a beat.
        await BatchRig.UntilAsync(() =>
        {
            _time.Advance(LimitBeat.OnThisMachine.Renew);
            return Waits(held) == "limit x 75, handlers 25";
        });
    }

    [Fact]
    public async Task PlacesThatALimitTakesAway_WaitForTheLimit()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 10 });
        held.Rig.Scope.Caps.Set("limit x", 3);
        await held.BeginAsync(3);
        _time.Advance(6 * Second);
        Assert.Equal(("limit x 70, handlers 30", 10), (Waits(held), held.Rig.Scope.Observe().Places));

        held.Rig.Scope.Caps.Set("limit x", null);
        await held.BeginAsync(7);
        _time.Advance(6 * Second);
        Assert.Equal("handlers 100", Waits(held));
    }

    [Fact]
    public async Task Retune_ChangesHowManyPlacesThereAre()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 10 });
        held.Rig.Scope.Caps.Set("limit x", 3);
        await held.BeginAsync(3);
        held.Rig.Scope.Apply(new RunControl(1, Concurrency: 4));
        _time.Advance(6 * Second);
        Assert.Equal("handlers 75, limit x 25", Waits(held));
    }

    [Fact]
    public async Task ItemsThatAllWaitForTheirNextAttempt_AreRetryBackOff_AlsoOnceTheirBatchHasHandedThemBack()
    {
        var retry = new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.FromMinutes(1), Jitter = false };
        await using var rig = new BatchRig(
            BatchRig.Range(3, new FlowSpec { Concurrency = 8 }, new FailureSpec { Retry = retry }), (_, _) => throw new InvalidOperationException("Later."), _time);
        rig.Scope.SetTotal(3);
        var work = rig.WorkAsync(0, 3);
        await BatchRig.UntilAsync(() => rig.Scope.Observe() is { WaitingForRetry: 3, InFlight: 0 });
        _time.Advance(6 * Second);
        Assert.Equal("retry back-off 100", Waits(rig));

        _time.Advance(4 * Second);
        var handedBack = await work;
        Assert.Equal(3, handedBack.Pending.Count);
        _time.Advance(6 * Second);
        Assert.Equal(("retry back-off 100", 3), (Waits(rig), rig.Scope.Observe().WaitingForRetry));

        // What the lane waited for is due: that its batch does not start now is the engine's.
        _time.Advance(50 * Second);
        Assert.Equal("engine 100", Waits(rig));
    }

    [Fact]
    public async Task RetriesThatAnEarlierProcessLeft_AreRetryBackOff()
    {
        var history = new RunHistory(true, new Counts(2, 0, 0, 0), 5) { Retries = (3, _time.GetUtcNow() + TimeSpan.FromMinutes(1)) };
        await using var rig = new BatchRig(BatchRig.Range(5), (_, _) => ValueTask.FromResult<string?>(null), _time, history);
        _time.Advance(6 * Second);
        Assert.Equal(("retry back-off 100", 3), (Waits(rig), rig.Scope.Observe().WaitingForRetry));
    }

    [Fact]
    public async Task RetriesThatABatchTakesUp_AreCountedOnce()
    {
        var due = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
        var history = new RunHistory(true, new Counts(2, 0, 0, 0), 5) { Retries = (3, due) };
        await using var rig = new BatchRig(BatchRig.Range(5), (_, _) => ValueTask.FromResult<string?>(null), _time, history);
        PendingItem[] pending = [new(2, 1, due), new(3, 1, due), new(4, 1, due)];
        // Of an earlier process's batch, and then of one of this.
        for (var taken = 0; taken < 2; taken++)
        {
            var input = new BatchInput("run", $"b0001-l00-0000{taken}", await rig.PlanAsync(), 5, 5, pending, Lane: 0, Lanes: 1, 1);
            await using var feed = await ItemFeed.OpenAsync(rig.Scope, input, checkpoint: null);
            await using var batch = new Batch(rig.Scope, input, new BatchExecution(1, CancellationToken.None, CancellationToken.None), checkpoint: null, feed);
            Assert.Equal(3, rig.Scope.Observe().WaitingForRetry);
            rig.Scope.Enter(batch);
            var waiting = rig.Scope.Observe().WaitingForRetry;
            rig.Scope.Leave(batch);
            Assert.Equal((3, 3), (waiting, rig.Scope.Observe().WaitingForRetry));
        }
    }

    [Fact]
    public async Task PausedRun_WaitsToBeResumed_FromTheMomentOfThePause()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 4 });
        await held.BeginAsync(4);
        _time.Advance(5 * Second);
        held.Rig.Scope.Apply(new RunControl(1, Paused: true));
        Assert.Equal("paused", held.Rig.Scope.Observe().WaitingFor);
        await held.EndAsync();
        _time.Advance(2 * Second);
        Assert.Equal("handlers 60, paused 40", Waits(held));
        _time.Advance(3 * Second);
        Assert.Equal("paused 100", Waits(held));
    }

    [Fact]
    public async Task RunWhoseItemsAreNotCounted_WaitsForTheSource()
    {
        await using var rig = new BatchRig(BatchRig.Range(Items), (_, _) => ValueTask.FromResult<string?>(null), _time);
        Assert.Equal("source 100", Waits(rig));
        _time.Advance(6 * Second);
        Assert.Equal(("source 100", "source"), (Waits(rig), rig.Scope.Observe().WaitingFor));
    }

    [Fact]
    public async Task SourceThatHangs_IsWhatItsWorkersWaitFor()
    {
        await using var rig = new BatchRig(BatchRig.Range(Items, new FlowSpec { Concurrency = 1 }), (_, _) => ValueTask.FromResult<string?>(null), _time);
        var hanging = new HangingSource(rig.Source);
        await rig.Scope.DisposeAsync();
        rig.Source = hanging;
        rig.Restart();
        rig.Scope.SetTotal(Items);
        var work = rig.WorkAsync(0, Items);
        await hanging.Asked;
        _time.Advance(6 * Second);
        Assert.Equal("source 100", Waits(rig));
        hanging.Answer();
        await work;
    }

    [Fact]
    public async Task RunWithoutABatch_WaitsForTheEngine()
    {
        await using var rig = new BatchRig(BatchRig.Range(Items), (_, _) => ValueTask.FromResult<string?>(null), _time);
        rig.Scope.SetTotal(Items);
        _time.Advance(6 * Second);
        Assert.Equal(("engine 100", "engine"), (Waits(rig), rig.Scope.Observe().WaitingFor));
    }

    [Fact]
    public async Task LaneThatIsApart_TellsWhatItsOwnPlacesWaitFor()
    {
        var flow = new FlowSpec { Concurrency = 8, Rate = new Rate(1, TimeSpan.FromMinutes(1)), Burst = 3 };
        await using var rig = new BatchRig(BatchRig.Range(Items, flow, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }), (_, _) => ValueTask.FromResult<string?>(null), _time, lanesShareProcess: false);
        var input = new BatchInput("run", "b0001-l01-00000", await rig.PlanAsync(), 0, Items, [], Lane: 1, Lanes: 2, 1) { Before = new Counts(5, 0, 0, 0) };
        using var stop = new CancellationTokenSource();
        var working = Fanout.Orchestration.Activities.WorkBatchAsync(rig.Scope, input, checkpoint: null, new BatchExecution(1, stop.Token, CancellationToken.None));
        await BatchRig.UntilAsync(() => rig.Scope.ObserveLanes().Lanes.TryGetValue(1, out var lane) && lane.Waits is [{ Cause: WaitCauses.Rate }]);
        for (var sample = 0; sample < 20; sample++)
            _time.Advance(TimeSpan.FromMilliseconds(50));
        var lane = rig.Scope.ObserveLanes().Lanes[1];
        Assert.Equal((4, new WaitShare(WaitCauses.Rate, 100)), (lane.Places, Assert.Single(lane.Waits)));
        await stop.CancelAsync();
        await working;
    }

    [Fact]
    public async Task RunThatIsToEnd_WaitsForItsHandlersAlone()
    {
        await using var held = new HeldHandlers(_time, new FlowSpec { Concurrency = 4, Rate = new Rate(1, TimeSpan.FromHours(1)), Burst = 2 });
        await held.BeginAsync(2);
        held.Rig.Scope.Stop(CompletionReason.ToleranceExceeded, "Too many.");
        _time.Advance(6 * Second);
        Assert.Equal(("handlers 100", "handlers to end"), (Waits(held), held.Rig.Scope.Observe().WaitingFor));
    }

    [Fact]
    public async Task Weight_IsTheSpecsUntilItIsRetuned()
    {
        await using var rig = new BatchRig(BatchRig.Range(Items, new FlowSpec { Weight = 2 }), (_, _) => ValueTask.FromResult<string?>(null), _time);
        Assert.Equal(2, rig.Scope.Weight);
        rig.Scope.Apply(new RunControl(2, Weight: 0.5));
        rig.Scope.Apply(new RunControl(1, Weight: 7));
        Assert.Equal(0.5, rig.Scope.Weight);
    }

    private static string Waits(HeldHandlers held) => Waits(held.Rig);

    private static string Waits(BatchRig rig) => string.Join(", ", rig.Scope.Observe().Waits.Select(share => $"{share.Cause} {share.Percent}"));

    /// <summary>A run whose handlers end when the test says so.</summary>
    private sealed class HeldHandlers : IAsyncDisposable
    {
        private readonly SemaphoreSlim _begun = new(0);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly int _items;
        private Task<BatchResult>? _work;

        public HeldHandlers(FakeTimeProvider time, FlowSpec flow, int items = Items)
        {
            _items = items;
            Rig = new BatchRig(BatchRig.Range(items, flow, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }), HandleAsync, time);
            Rig.Scope.SetTotal(items);
        }

        public BatchRig Rig { get; }

        /// <summary>Waits for so many more handlers.</summary>
        public async Task BeginAsync(int handlers)
        {
            _work ??= Rig.WorkAsync(0, _items);
            for (var i = 0; i < handlers; i++)
                await _begun.WaitAsync();
        }

        public async Task EndAsync()
        {
            _end.TrySetResult();
            await _work!;
        }

        public async ValueTask DisposeAsync()
        {
            Rig.Scope.StopHost();
            await EndAsync();
            await Rig.DisposeAsync();
            _begun.Dispose();
        }

        private async ValueTask<string?> HandleAsync(ItemContext context, CancellationToken cancellationToken)
        {
            _begun.Release();
            await _end.Task;
            return null;
        }
    }

    private sealed class OneLimit(LimitSpec spec) : ILimitStore
    {
        private readonly Lock _lock = new();
        private LimitLedger? _ledger = new(spec);

        public Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_ledger);

        public Task<T> UpdateAsync<T>(string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                (_ledger, var result) = change(_ledger);
                return Task.FromResult(result);
            }
        }
    }

    /// <summary>A source whose reader has nothing at hand, and does not load until it is told to; it then ends.</summary>
    private sealed class HangingSource(ISource source) : ISource, IItemReader
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public void Answer() => _answer.SetResult(false);

        public bool TryRead(out Item item)
        {
            item = default;
            return false;
        }

        public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            return new ValueTask<bool>(_answer.Task);
        }

        public ValueTask CheckAsync(CancellationToken cancellationToken) => source.CheckAsync(cancellationToken);

        public ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken) => source.PlanAsync(workspace, cancellationToken);

        public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken) => source.VerifyAsync(plan, workspace, cancellationToken);

        public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IItemReader>(this);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
