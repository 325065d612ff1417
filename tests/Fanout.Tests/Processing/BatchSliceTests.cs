using System.Collections.Concurrent;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Tests.Processing.Feeds;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What the end of a slice lets end, go on and begin. Items are keyed, <c>(key, place)</c>, one of a key at a time; handlers end when the test says.</summary>
public sealed class BatchSliceTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly PerKeySpec OneAtATime = new("/k") { Concurrency = 1 };
    private static readonly FlowSpec Unhurried = new() { Rate = new Rate(1_000, Second), Burst = 1_000 };

    private readonly WatchedTime _time = new();
    private readonly DateTimeOffset _begin;
    private readonly ConcurrentDictionary<(int Key, int Place), TaskCompletionSource> _ends = new();
    private readonly ConcurrentDictionary<(int Key, int Place), TimeSpan> _starts = new();
    private volatile bool _allEnd;
    private BatchRig? _rig;

    public BatchSliceTests() => _begin = _time.GetUtcNow();

    private BatchRig Rig => _rig!;

    [Fact]
    public async Task LaneThatIsApart_EndsItsSlice_ThoughAKeyIsSlow()
    {
        var work = Begin([0, 1, 1], concurrency: 2, Second, lanesShareProcess: false).WorkAllAsync();
        await StartedAsync((0, 0), (1, 0));
        _time.Advance(Second);
        End((1, 0));
        await SettledAsync(1);
        EndAll();
        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, 2L, 1L), (result.End, result.Tally.Succeeded, Assert.Single(result.Keys).Number));
    }

    [Fact]
    public async Task KeyIsSlow_OnceItsItemTakesLongerThanATenthOfTheSlice_AndTheOthersGoOn()
    {
        var work = Begin([0, 0, 1, 1, 1], concurrency: 2, 10 * Second).WorkAllAsync();
        await StartedAsync((0, 0), (1, 0));
        _time.Advance(9.5 * Second);
        End((0, 0), (1, 0));
        await StartedAsync((0, 1), (1, 1));
        // The slice is over, and what has only begun has a second to show that it is slow: until then nothing else starts.
        _time.Advance(0.5 * Second);
        _time.Advance(0.2 * Second);
        End((1, 1));
        await SettledAsync(3);
        _time.Advance(0.8 * Second);
        await StartedAsync((1, 2));
        Assert.Equal(11 * Second, _starts[(1, 2)]);
        EndAll();
        Assert.Equal((BatchEnd.RangeDone, 5L), ((await work).End, (await work).Tally.Succeeded));
    }

    [Theory]
    [InlineData(3, 1, BatchEnd.HandedBack)]
    [InlineData(2, 1, BatchEnd.RangeDone)]
    [InlineData(2, 0.5, BatchEnd.RangeDone)]
    public async Task SliceThatIsOver_EndsTheBatchAsSoonAsWhatHadOnlyBegunHasEnded(int items, double slice, BatchEnd end)
    {
        var work = Begin([.. Enumerable.Repeat(0, items)], concurrency: 1, slice * Second).WorkAllAsync();
        await StartedAsync((0, 0));
        _time.Advance((slice - 0.07) * Second);
        End((0, 0));
        await StartedAsync((0, 1));
        // Less than a tenth of a second is not slow, however short the slice.
        _time.Advance(0.07 * Second);
        Assert.False(work.IsCompleted);
        End((0, 1));
        var result = await work;
        Assert.Equal((end, 2L, items - 2), (result.End, result.Tally.Succeeded, result.Keys.Count));
    }

    [Fact]
    public async Task SlowItemThatIsTheLast_DoesNotKeepTheSliceFromEnding()
    {
        var work = Begin([0], concurrency: 2, Second).WorkAllAsync();
        await StartedAsync((0, 0));
        _time.Advance(Second);
        EndAll();
        Assert.Equal((BatchEnd.HandedBack, 1L), ((await work).End, (await work).Tally.Succeeded));
    }

    [Theory]
    [InlineData(1.05, 0.05, 2, BatchEnd.RangeDone)]
    [InlineData(1.2, 0.1, 1, BatchEnd.HandedBack)]
    public async Task ItemThatWaitsForThePacer_StartsWithinATenthOfASecondAfterTheSlice_OrNotAtAll(double period, double after, int succeeded, BatchEnd end)
    {
        _allEnd = true;
        var flow = new FlowSpec { Rate = new Rate(1, period * Second), Burst = 1 };
        var work = Begin([0, 1], concurrency: 2, Second, flow).WorkAllAsync();
        await BatchRig.UntilAsync(() => _time.Waits.Contains(period * Second));
        _time.Advance(Second);
        _time.Advance(after * Second);
        var result = await work;
        Assert.Equal((end, succeeded, 2 - succeeded), (result.End, result.Tally.Succeeded, result.Pending.Count));
        Assert.All(result.Pending, item => Assert.Equal(0, item.Attempts));
    }

    [Fact]
    public async Task WithoutKeys_NobodyStaysBeforeThePacerAfterTheSlice()
    {
        var flow = new FlowSpec { Concurrency = 4, Rate = new Rate(1, TimeSpan.FromHours(2)), Burst = 1 };
        _rig = new BatchRig(BatchRig.Range(8, flow, batch: new BatchSpec { Slice = Second }), (_, _) => ValueTask.FromResult<string?>(null), _time);
        var work = Rig.WorkAsync(0, 8);
        await BatchRig.UntilAsync(() => _time.Waits.Contains(TimeSpan.FromHours(2)));
        _time.Advance(Second);
        var result = await work;
        Assert.Equal((BatchEnd.HandedBack, 1L), (result.End, result.Tally.Succeeded));
        Assert.Equal((1L, 0), Assert.Single(result.Pending) is var item ? (item.Index, item.Attempts) : default);
    }

    [Fact]
    public async Task BatchWhoseSliceIsOverWhenItsTurnHasCome_LeavesTheTurnToTheOthers()
    {
        var turns = Begin([.. Enumerable.Range(0, 10)], concurrency: 8, Second, Unhurried).Scope.PaceTurns;
        await using var one = await MakeBatchAsync(lane: 0);
        await using var other = await MakeBatchAsync(lane: 1);
        Rig.Scope.Caps.Set("limit x", 0);
        var work = other.Batch.RunAsync(CancellationToken.None);
        await StartLateAsync(2);
        // No slot is to be had: who is called does not come.
        Assert.True(turns.TryEnter(one.Batch));
        Assert.False(turns.TryEnter(other.Batch));
        turns.Leave();
        Assert.False(turns.TryEnter(one.Batch));

        _time.Advance(0.05 * Second);
        Assert.True(turns.TryEnter(one.Batch));
        turns.Leave();
        one.Batch.Close(BatchEnd.HandedBack);
        EndAll();
        Assert.Equal((BatchEnd.HandedBack, 2L), ((await work).End, (await work).Tally.Succeeded));
    }

    [Fact]
    public async Task BatchThatGoesOnAfterItsSlice_WaitsForItsTurnAgain()
    {
        var turns = Begin([.. Enumerable.Range(0, 10)], concurrency: 8, Second, Unhurried).Scope.PaceTurns;
        await using var one = await MakeBatchAsync(lane: 0);
        await using var other = await MakeBatchAsync(lane: 1);
        Rig.Scope.Caps.Set("limit x", 0);
        var work = other.Batch.RunAsync(CancellationToken.None);
        await StartLateAsync(1);
        Assert.True(turns.TryEnter(one.Batch));
        Rig.Scope.Caps.Set("limit x", null);
        // Its next worker was sent away: it wants none until it is called.
        await BatchRig.UntilAsync(() => Rig.Scope.Pool.Demand == 1);

        // The slice is over, and then the first key turns out to be slow.
        _time.Advance(0.05 * Second);
        _time.Advance(0.1 * Second);
        turns.Leave();
        await StartedAsync(5);
        EndAll();
        Assert.Equal((BatchEnd.RangeDone, 5L), ((await work).End, (await work).Tally.Succeeded));
    }

    public async ValueTask DisposeAsync()
    {
        EndAll();
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    private BatchRig Begin(IReadOnlyList<int> keys, int concurrency, TimeSpan slice, FlowSpec? flow = null, bool lanesShareProcess = true) =>
        _rig = KeyedRig.Create(keys, OneAtATime, async (key, place, _, _) =>
        {
            var end = EndOf((key, place));
            _starts[(key, place)] = _time.GetUtcNow() - _begin;
            if (!_allEnd)
                await end.Task;
        }, _time, concurrency, batch: new BatchSpec { Slice = slice }, flow: flow, lanesShareProcess: lanesShareProcess);

    // Two lanes, each with half of ten keys.
    private Task<MadeBatch> MakeBatchAsync(int lane) => MadeBatch.MakeAsync(Rig, lane, with: input => input with { Start = lane * 5, End = (lane + 1) * 5 });

    private TaskCompletionSource EndOf((int Key, int Place) item) =>
        _ends.GetOrAdd(item, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task StartedAsync(params (int Key, int Place)[] items) => BatchRig.UntilAsync(() => items.All(_starts.ContainsKey));

    private Task StartedAsync(int count) => BatchRig.UntilAsync(() => _starts.Count == count);

    // As many as there are places for, shortly before the slice is over.
    private Task StartLateAsync(int places)
    {
        _time.Advance(0.95 * Second);
        Rig.Scope.Caps.Set("limit x", places);
        return StartedAsync(places);
    }

    private Task SettledAsync(int count) => BatchRig.UntilAsync(() => Rig.Scope.Observe().Succeeded == count);

    private void End(params (int Key, int Place)[] items)
    {
        foreach (var item in items)
            EndOf(item).SetResult();
    }

    private void EndAll()
    {
        _allEnd = true;
        foreach (var end in _ends.Values)
            end.TrySetResult();
    }
}
