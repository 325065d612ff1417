using System.Collections.Concurrent;
using Fanout.Dispatch;
using Fanout.Embedded.Execution;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Sources;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>A branch and the batches it sends, on the embedded engine; their results are what the test says.</summary>
public sealed class SendingTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly RunPlan Plan = new(new SourcePlan(10, null), Branches: 1, LanesPerBranch: 1, MinItems: 10, MaxItems: 10) { ByQueue = true };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly ConcurrentQueue<BatchInput> _sent = new();
    private readonly ConcurrentQueue<BatchInput> _workedHere = new();
    private EmbeddedEngine _engine = null!;

    public async Task InitializeAsync()
    {
        var fanout = new FanoutRegistry();
        var registry = new OrchestrationRegistry();
        registry.AddOrchestrator<BranchInput, BranchResult>("branch", (context, input) => BranchOrchestration.RunAsync(context, input, fanout));
        registry.AddActivity<BatchInput, bool>("enqueue", (_, input) =>
        {
            _sent.Enqueue(input);
            return Task.FromResult(true);
        });
        registry.AddActivity<BatchInput, BatchResult>("batch", (_, input) =>
        {
            _workedHere.Enqueue(input);
            return Task.FromResult(new BatchResult { End = BatchEnd.Stopped, Next = 0, Tally = Tally.Zero, Stop = CompletionReason.CancelledByRequest });
        });
        registry.AddActivity<CloseBranchInput, bool>("closeBranch", (_, _) => Task.FromResult(true));
        _engine = new EmbeddedEngine(EmbeddedStorage.InMemory(_time), registry, timeProvider: _time);
        await _engine.ScheduleNewOrchestrationInstanceAsync("branch", new BranchInput("r", "b0001", 0, Plan, [new WorkUnit(0, 10, [])], null, ControlSignal.None), "r:b0001");
        await PassUntilAsync(() => _sent.Count == 1, TimeSpan.Zero);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task FirstResult_CountsAndLaterOnesAreDropped()
    {
        await CompleteAsync(succeeded: 10);
        await CompleteAsync(succeeded: 7);
        var result = await EndAsync();
        Assert.Equal(10, result.Tally.Succeeded);
        Assert.Equal(new LaneState(new Counts(10, 0, 0, 0), null), Assert.Single(result.Lanes!));
        Assert.Equal(new Counts(0, 0, 0, 0), Assert.Single(_sent).Before);
    }

    [Fact]
    public async Task BatchWhoseResultDoesNotCome_IsLookedForAndSentAgainAfterALongWhile()
    {
        await PassUntilAsync(() => _sent.Count == 2, TimeSpan.FromSeconds(5));
        var looked = _time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        Assert.InRange(looked, BranchOrchestration.LookAfter, 2 * BranchOrchestration.LookAfter);
        await PassUntilAsync(() => _sent.Count == BranchOrchestration.Looks + 2, TimeSpan.FromSeconds(5));
        Assert.Equal(Enumerable.Range(0, BranchOrchestration.Looks + 2), _sent.Select(batch => batch.Sending));
        Assert.True(_time.GetUtcNow() - DateTimeOffset.UnixEpoch >= (BranchOrchestration.LookAfter * 31) + BranchOrchestration.SendAgainAfter);
        await CompleteAsync(succeeded: 10);
        Assert.Equal(10, (await EndAsync()).Tally.Succeeded);
    }

    [Fact]
    public async Task CancelledBatchThatNoWorkerEnds_IsEndedByTheBranch()
    {
        await _engine.RaiseEventAsync("r:b0001", ControlSignal.EventName, new ControlSignal(1, Paused: false, CompletionReason.CancelledByRequest));
        await PassUntilAsync(() => !_workedHere.IsEmpty, TimeSpan.FromSeconds(5));
        Assert.True(_time.GetUtcNow() - DateTimeOffset.UnixEpoch >= BranchOrchestration.EndHereAfter);
        Assert.Equal(CompletionReason.CancelledByRequest, (await EndAsync()).Stop);
        Assert.Single(_sent);
    }

    private Task CompleteAsync(long succeeded) => _engine.RaiseEventAsync(
        "r:b0001", BatchCompletion.EventName(_sent.First().Key), new BatchResult { End = BatchEnd.RangeDone, Next = 10, Tally = new Tally { Succeeded = succeeded } });

    private async Task<BranchResult> EndAsync()
    {
        var ended = await _engine.WaitForInstanceCompletionAsync("r:b0001").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Null(ended.Failure);
        return PayloadJson.Read<BranchResult>(ended.SerializedOutput)!;
    }

    private async Task PassUntilAsync(Func<bool> condition, TimeSpan step)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        while (!condition())
        {
            _time.Advance(step);
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }
}
