using System.Text;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Sources;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>One worker, item by item.</summary>
public sealed class WorkerTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private BatchRig? _rig;
    private int _awaited;

    [Fact]
    public async Task HandlerThatTakesLong_IsStuckAfterItsTime_AndNoMoreOnceItHasEnded()
    {
        var release = new TaskCompletionSource();
        using var worker = Worker(async (_, _) =>
        {
            await release.Task;
            return null;
        });
        Assert.False(worker.IsHandlingFor(TimeSpan.Zero));
        worker.Hold(Item("1"));
        var handling = worker.HandleAsync();
        Assert.Equal((true, 1), (worker.IsHandling, _awaited));
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.False(worker.IsStuckInHandler);
        _time.Advance(Tick);
        Assert.True(worker.IsStuckInHandler);
        release.SetResult();
        await handling;
        Assert.Equal((false, false), (worker.IsHandling, worker.IsStuckInHandler));
        Assert.Equal(AttemptEnd.Succeeded, worker.LastEnd);
        Assert.Equal(TimeSpan.FromMilliseconds(20) + Tick, worker.Outcome!.Value.Duration);
    }

    [Fact]
    public async Task TimeBetweenItems_CountsAgainstNoneOfThem()
    {
        var cancelled = new List<bool>();
        using var worker = Worker(
            (_, token) =>
            {
                cancelled.Add(token.IsCancellationRequested);
                return ValueTask.FromResult<string?>(null);
            },
            new FailureSpec { Timeout = Limit });
        for (var item = 0; item < 3; item++)
        {
            await HandleAsync(worker, Item("1"));
            worker.Drop();
            _time.Advance(2 * Limit);
        }

        Assert.Equal([false, false, false], cancelled);
    }

    [Fact]
    public async Task AttemptThatRunsOutOfTime_IsToldSo_AndIsNoThrottling()
    {
        using var worker = Worker(UntilCancelledAsync, new FailureSpec { Timeout = Limit });
        worker.Hold(Item("1"));
        var handling = worker.HandleAsync();
        _time.Advance(Limit);
        await handling;
        Assert.Equal((AttemptEnd.TimedOut, Disposition.Settled, OutcomeStatus.TimedOut), (worker.LastEnd, worker.Outcome!.Value.Disposition, worker.Outcome!.Value.Status));
        Assert.Equal(new ItemError("Timeout", "The attempt ran longer than 10 s."), worker.Outcome!.Value.Error);
        Assert.Null(worker.Abandoned);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItemInFlightWhenTheRunIsCancelled_SaysSo_OrWhatItFailedWithBefore(bool failedBefore)
    {
        var before = new ItemError("Before", "as it was");
        using var cancelled = new CancellationTokenSource();
        using var worker = Worker(UntilCancelledAsync, tokens: new HandlerTokens(cancelled.Token, CancellationToken.None));
        worker.Hold(new WaitingItem(Item("1"), failedBefore ? 1 : 0, DateTimeOffset.MinValue, failedBefore ? before : null));
        var handling = worker.HandleAsync();
        _rig!.Scope.Apply(RunControl.Initial with { Version = 1, Stop = CompletionReason.CancelledByRequest });
        await cancelled.CancelAsync();
        await handling;
        Assert.Equal(OutcomeStatus.Cancelled, worker.Outcome!.Value.Status);
        Assert.Equal(failedBefore ? before : new ItemError("Cancelled", "The run ended while the item was in flight."), worker.Outcome!.Value.Error);
    }

    [Fact]
    public async Task ItemInFlightWhenOnlyItsProcessEnds_GoesBackAsItWas()
    {
        using var cancelled = new CancellationTokenSource();
        using var worker = Worker(UntilCancelledAsync, tokens: new HandlerTokens(cancelled.Token, CancellationToken.None));
        worker.Hold(new WaitingItem(Item("1"), 2, DateTimeOffset.MinValue, null));
        var handling = worker.HandleAsync();
        await cancelled.CancelAsync();
        await handling;
        Assert.Equal((Disposition.Waits, 2, null), (worker.Outcome!.Value.Disposition, worker.Outcome!.Value.Attempts, worker.Outcome!.Value.Error));
    }

    [Fact]
    public async Task ResultThatIsTooLarge_IsNotInTheItemsLine()
    {
        using var worker = Worker((_, _) => ValueTask.FromResult<string?>($"\"{new string('x', Fanout.Processing.Worker.MaxOutputBytes)}\""));
        await HandleAsync(worker, Item("1"));
        Assert.Equal((OutcomeStatus.Failed, "ResultTooLarge"), (worker.Outcome!.Value.Status, worker.Outcome!.Value.Error!.Type));
        Assert.InRange(worker.Line(worker.Outcome!.Value).Length, 1, 1_000);
    }

    [Fact]
    public async Task LargestResult_IsKept()
    {
        using var worker = Worker((_, _) => ValueTask.FromResult<string?>($"\"{new string('x', Fanout.Processing.Worker.MaxOutputBytes - 2)}\""));
        await HandleAsync(worker, Item("1"));
        Assert.Equal((OutcomeStatus.Succeeded, Fanout.Processing.Worker.MaxOutputBytes), (worker.Outcome!.Value.Status, worker.Output.Length));
    }

    [Fact]
    public async Task Line_IsOfWhatTheItemIsSettledAs_WhateverItsHandlerCameTo()
    {
        using var worker = Worker((_, _) => ValueTask.FromResult<string?>("\"mine\""));
        await HandleAsync(worker, Item("1"));
        Assert.Contains("mine", Line(worker, worker.Outcome!.Value), StringComparison.Ordinal);
        var failed = Outcome.Settled(OutcomeStatus.Failed, 1, TimeSpan.Zero, new ItemError("Key", "refused"));
        Assert.Contains("refused", Line(worker, failed), StringComparison.Ordinal);
        Assert.DoesNotContain("mine", Line(worker, failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsWrongWithTheItemItself_GoesBeforeWhyNoneIsHandled()
    {
        var handled = 0;
        var (defect, refusal) = (new ItemError("Oversized", "too long"), new ItemError("Refused", "not here"));
        using var worker = Worker(
            (_, _) =>
            {
                handled++;
                return ValueTask.FromResult<string?>(null);
            },
            refusal: refusal);
        await HandleAsync(worker, Item("1") with { Defect = defect });
        Assert.Equal(defect, worker.Outcome!.Value.Error);
        await HandleAsync(worker, Item("1"));
        Assert.Equal(refusal, worker.Outcome!.Value.Error);
        Assert.Equal((OutcomeStatus.Failed, 0, 0), (worker.Outcome!.Value.Status, worker.Outcome!.Value.Attempts, handled));
    }

    [Theory]
    [InlineData(0, "Item 7 is not valid JSON: ")]
    [InlineData(1, "Line 1 is not valid JSON: ")]
    public async Task MalformedItem_IsNamedByItsLineOrElseItsIndex(long line, string begins)
    {
        using var worker = Worker((_, _) => ValueTask.FromResult<string?>(null));
        await HandleAsync(worker, new Item(7, "{\"a\":"u8.ToArray(), IsText: false) { Line = line });
        Assert.Equal("MalformedItem", worker.Outcome!.Value.Error!.Type);
        Assert.StartsWith(begins, worker.Outcome!.Value.Error!.Message, StringComparison.Ordinal);
        await HandleAsync(worker, new Item(7, "{\"a\":"u8.ToArray(), IsText: true));
        Assert.Equal(OutcomeStatus.Succeeded, worker.Outcome!.Value.Status);
    }

    [Fact]
    public async Task HandlerLeftBehind_IsKnown_AndItsTokenStaysCancelled()
    {
        var release = new TaskCompletionSource();
        var tokens = new List<CancellationToken>();
        using var worker = Worker(
            async (context, token) =>
            {
                tokens.Add(token);
                if (context.Index == 0)
                    await release.Task;
                return null;
            },
            new FailureSpec { Timeout = Limit });
        worker.Hold(Item("1"));
        var handling = worker.HandleAsync();
        _time.Advance(Limit);
        _time.Advance(RunScope.AbandonAfter);
        await handling;
        Assert.Equal((OutcomeStatus.TimedOut, false), (worker.Outcome!.Value.Status, worker.Abandoned!.IsCompleted));
        Assert.True(tokens[0].IsCancellationRequested);
        release.SetResult();
        await worker.Abandoned;
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    private static Item Item(string json) => new(0, Encoding.UTF8.GetBytes(json), IsText: false);

    private static async Task HandleAsync(Worker worker, Item item)
    {
        worker.Hold(item);
        await worker.HandleAsync();
    }

    private async ValueTask<string?> UntilCancelledAsync(ItemContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        return null;
    }

    private static string Line(Worker worker, Outcome outcome) => Encoding.UTF8.GetString(worker.Line(outcome));

    private Worker Worker(
        Func<ItemContext, CancellationToken, ValueTask<string?>> handle, FailureSpec? failure = null, HandlerTokens? tokens = null, ItemError? refusal = null)
    {
        _rig = new BatchRig(BatchRig.Range(10, failure: failure), handle, _time);
        return new Worker(_rig.Scope, () => _awaited++) { Tokens = tokens ?? _rig.Scope.HandlerTokens, Refusal = refusal };
    }
}
