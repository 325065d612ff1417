using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What the places of lanes wait for that live apart from others: each has its part of the run's, and what caps those is shared.</summary>
public sealed class RunLaneWaitsTests : IAsyncDisposable
{
    private const int Items = 1_000;

    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly TaskCompletionSource<string?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _work = [];
    private readonly BatchRig _rig;

    // Four places for each of two lanes.
    public RunLaneWaitsTests() => _rig = new BatchRig(BatchRig.Range(Items, new FlowSpec { Concurrency = 8 }), async (_, _) =>
    {
        _begun.Release();
        return await _end.Task;
    }, _time, lanesShareProcess: false);

    [Fact]
    public async Task WhatTheProcessHasOfALimit_IsForAllItsLanes()
    {
        _rig.Scope.LimitCaps.Set("limit x", 1);
        await BeginAsync(lane: 0);
        await _begun.WaitAsync();
        await BeginAsync(lane: 1);
        // The first lane may have four; who wants more is the second.
        await BatchRig.UntilAsync(() => _rig.Scope.Pool.Demand > 4);
        _rig.Scope.LimitCaps.Set("limit x", 2);
        await _begun.WaitAsync();
        _rig.Scope.LimitCaps.Set("limit x", 3);
        await _begun.WaitAsync();

        // Three for two lanes: two each at most, which only the first has.
        await BatchRig.UntilAsync(() => Waits(0) == "handlers 50, limit x 50" && Waits(1) == "limit x 50, engine 25, handlers 25");
        Assert.Equal((3, "limit x"), _rig.Scope.LimitCaps.Over(8));
        Assert.Equal([("engine", 1), ("handlers", 3), ("limit x", 4)], Places());
    }

    [Fact]
    public async Task WhatALaneWaitedFor_IsToldOfTheLastFiveSeconds()
    {
        _rig.Scope.LimitCaps.Set("limit x", 2);
        await BeginAsync(lane: 1);
        await _begun.WaitAsync();
        await _begun.WaitAsync();
        await BatchRig.UntilAsync(() => Waits(1) == "handlers 50, limit x 50");
        _time.Advance(TimeSpan.FromSeconds(2.5));
        _rig.Scope.LimitCaps.Set("limit x", 4);
        await _begun.WaitAsync();
        await _begun.WaitAsync();
        await BatchRig.UntilAsync(() => _rig.Scope.ObserveWork().InFlight == 4);
        _time.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal("handlers 75, limit x 25", Waits(1));
    }

    [Fact]
    public async Task WhatCapsTheRun_CapsEachLanesPart_AndIsNamed()
    {
        _rig.Scope.BackOff.NoteThrottled(default, null);
        await BeginAsync(lane: 1);
        await _begun.WaitAsync();
        await _begun.WaitAsync();

        await BatchRig.UntilAsync(() => Waits(1) == "back-off 50, handlers 50");
        Assert.Equal([("back-off", 2), ("handlers", 2)], Places());
    }

    public async ValueTask DisposeAsync()
    {
        _rig.Scope.StopHost();
        _end.TrySetResult(null);
        await Task.WhenAll(_work);
        await _rig.DisposeAsync();
        _begun.Dispose();
    }

    private async Task BeginAsync(int lane)
    {
        var input = new BatchInput("run", $"b0001-l{lane:D2}-00000", await _rig.PlanAsync(), 0, Items, [], lane, Lanes: 2, 1) { Before = default(Counts) };
        _work.Add(Fanout.Orchestration.Activities.WorkBatchAsync(_rig.Scope, input, checkpoint: null, new BatchExecution(1, CancellationToken.None, CancellationToken.None)));
    }

    private string? Waits(int lane) => _rig.Scope.ObserveLanes().Lanes.TryGetValue(lane, out var progress)
        ? string.Join(", ", progress.Waits.Select(share => $"{share.Cause} {share.Percent}"))
        : null;

    private IEnumerable<(string Cause, int Places)> Places() =>
        _rig.Scope.ObserveWork().Places.Select(count => (count.Cause, count.Places)).OrderBy(count => count.Cause, StringComparer.Ordinal);
}
