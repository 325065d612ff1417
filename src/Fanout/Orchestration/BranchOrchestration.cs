using System.Globalization;
using Fanout.Dispatch;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Results;

namespace Fanout.Orchestration;

/// <summary>
/// A branch: keeps a fixed number of lanes busy with the work it was handed, and hands back what is left when its history budget is used.
/// Deterministic: all it knows comes from its input, recorded results, and the context.
/// </summary>
internal sealed class BranchOrchestration
{
    /// <summary>Orchestrator's name.</summary>
    public const string Name = "branch";

    /// <summary>Events after which no more batches are started. What is then under way adds a few for each lane, well below 1,000.</summary>
    private const int HistoryBudget = 400;

    // A call and its result; by queue, the call that sends the batch, and the event that brings its result. Timers count when they are set.
    private const int EventsPerCall = 3;
    private const int EventsPerSending = 5;

    /// <summary>
    /// A batch whose result has not come for so long, longer than any slice, is sent again unless it is being worked: 15 min. Queues lose nothing,
    /// but people clear them.
    /// </summary>
    internal static readonly TimeSpan SendAgainAfter = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Before that it is looked whether anybody has it, after 20 s, and twice as long each time: of a receiver that was killed before it could show a sign
    /// of life, a queue's own patience may be as long as that.
    /// </summary>
    internal static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(20);

    /// <summary>How often: 5 times in 10 min.</summary>
    internal const int Looks = 5;

    /// <summary>
    /// How long after a cancel or a deadline a batch's result is waited for: 1 min, many times what a worker takes to end one. Then there is no worker,
    /// and the batch is ended where the branch is.
    /// </summary>
    internal static readonly TimeSpan EndHereAfter = TimeSpan.FromMinutes(1);

    private readonly IOrchestrationContext _context;
    private readonly BranchInput _input;
    private readonly IReduction? _reduction;
    private readonly WorkQueue _work;
    private readonly List<PartRef> _parts = [];
    private readonly List<string> _batchKeys = [];
    private readonly ControlListener _control;
    private readonly SharedTimers _timers;
    private readonly LaneState[]? _lanes;
    private Tally _tally = Tally.Zero;
    private long? _seenPerSlice;
    private double _itemsPerSecond;
    private int _events;
    private CompletionReason? _stop;
    private string? _message;

    private BranchOrchestration(IOrchestrationContext context, BranchInput input, IReduction? reduction)
    {
        _context = context;
        _input = input;
        _reduction = reduction;
        _work = new WorkQueue(input.Work);
        _lanes = input.Plan.LanesAreApart ? input.Lanes?.ToArray() ?? new LaneState[input.Plan.LanesPerBranch] : null;
        _control = new ControlListener(context, input.Signal, _ => _events++);
        _timers = new SharedTimers(context, () => _events += 2);
    }

    private bool IsBudgetUsed => _events >= HistoryBudget;

    /// <summary>Runs a branch.</summary>
    public static Task<BranchResult> RunAsync(IOrchestrationContext context, BranchInput input, FanoutRegistry registry) =>
        new BranchOrchestration(context, input, input.Reduce is { } name ? registry.Reductions[name] : null).RunAsync();

    /// <summary>The branch a batch belongs to, by the batch's key.</summary>
    internal static string BranchOf(string batchKey) => batchKey[..batchKey.IndexOf('-', StringComparison.Ordinal)];

    private async Task<BranchResult> RunAsync()
    {
        _control.Start();
        var lanes = Enumerable.Range(0, _input.Plan.LanesPerBranch).Select(RunLaneAsync).ToList();
        await Task.WhenAll(lanes);
        // What was tried is not "never started": a batch that finds the run stopped settles it.
        if (_stop is not (null or CompletionReason.InternalFailure) && !_work.Tried.IsEmpty)
            await CallBatchAsync(_work.Tried, lane: 0, number: _batchKeys.Count);
        var close = new CloseBranchInput(_input.RunId, _input.Branch, _parts, _tally, _batchKeys);
        await _context.CallActivityAsync<bool>(Activities.CloseBranch, close);
        return new BranchResult(_tally, _stop is null ? _work.Units : [], _stop, _message) { Lanes = _lanes, Worked = _input.Plan.LanesAreApart ? WorkUnit.Fingerprint(_input.Work) : null };
    }

    private async Task RunLaneAsync(int lane)
    {
        // Items that wait to be tried again stay with their lane, which works them with its next range.
        var waiting = WorkUnit.Nothing;
        for (var number = 0; _stop is null && !IsBudgetUsed; number++)
        {
            var plan = _input.Plan;
            var unit = _work.TakeShare(plan.LanesPerBranch, Planner.LeastRange(plan, _itemsPerSecond), plan.MaxItems, _seenPerSlice);
            if (unit is null && waiting.IsEmpty)
                return;
            if (unit is { Isolated: true })
            {
                waiting = await WorkApartAsync(unit, lane, number) is { } left ? left.With(waiting) : waiting;
                continue;
            }

            if (unit is null)
                await WaitForRetriesAsync(waiting.BegunDue());
            unit = unit?.With(waiting) ?? waiting;
            var result = await CallBatchAsync(unit, lane, number);
            if (result is null)
                return;
            waiting = await TakeBackAsync(unit, result);
        }

        _work.PutBack(waiting);
    }

    // What is suspected is not mixed with what is not, and all of it is tried: nothing is left for a later batch because its time has not come.
    private async Task<WorkUnit?> WorkApartAsync(WorkUnit unit, int lane, int number)
    {
        if (unit.Start >= unit.End)
            await WaitForRetriesAsync(unit.AllBegunDue());
        return await CallBatchAsync(unit, lane, number) is { } result ? await TakeBackAsync(unit, result) : null;
    }

    private async Task<BatchResult?> CallBatchAsync(WorkUnit unit, int lane, int number)
    {
        var plan = _input.Plan;
        var key = string.Create(CultureInfo.InvariantCulture, $"{_input.Branch}-l{lane:D2}-{number:D5}{(plan.LanesAreApart ? $"x{unit.Fingerprint()}" : "")}");
        // The first slices of a run's lanes are of different lengths: they do not all end at once ever after.
        var fraction = number == 0 ? (lane + 1.0) / plan.LanesPerBranch : 1;
        var batch = new BatchInput(
            _input.RunId, key, plan.Source, unit.Start, unit.End, unit.Pending, (_input.Place * plan.LanesPerBranch) + lane, plan.Lanes, fraction)
        {
            MoreFollows = unit.Isolated || !_work.IsEmpty,
            Keys = unit.Keys,
            Isolated = unit.Isolated,
            MaxStarts = unit.Steps?[0],
            IsPaceSpent = number > 0 || _input.Follows,
            PaceArrival = _lanes?[lane].PaceArrival,
            Before = _lanes?[lane].Settled,
            ControlVersion = plan.LanesAreApart ? _control.Current.Version : 0,
        };
        _batchKeys.Add(key);
        try
        {
            var result = plan.ByQueue ? await SendBatchAsync(batch) : await CallBatchAsync(batch);
            if (_lanes is not null)
                _lanes[lane] = new LaneState(_lanes[lane].Settled + Counts.Of(result.Tally), result.PaceArrival);
            _tally = Tally.Merge(_tally, result.Tally, _reduction);
            _parts.AddRange(result.Parts);
            _itemsPerSecond = result.ItemsPerSecond;
            return result;
        }
        catch (TaskFailedException failed)
        {
            Stop(CompletionReason.InternalFailure, failed.Message);
            return null;
        }
    }

    // An engine that acts on a turn before it has recorded it may have called another batch in this one's place, in a turn that a crash undid: its
    // result can arrive as this one's.
    private async Task<BatchResult> CallBatchAsync(BatchInput batch)
    {
        while (true)
        {
            _events += EventsPerCall;
            var result = await _context.CallActivityAsync<BatchResult>(Activities.Batch, batch);
            if (result.Key is null || result.Key == batch.Key)
                return result;
        }
    }

    // The first result counts. What comes after it, of executions that were taken for dead, waits for nobody and is dropped with the branch.
    private async Task<BatchResult> SendBatchAsync(BatchInput batch)
    {
        var completed = _context.WaitForExternalEvent<BatchResult>(BatchCompletion.EventName(batch.Key));
        for (var sending = 0; ; sending++)
        {
            _events += EventsPerSending;
            await _context.CallActivityAsync<bool>(Activities.Enqueue, batch with { Sending = sending });
            var again = _context.CurrentUtcDateTime + (sending < Looks ? LookAfter * (1 << sending) : SendAgainAfter);
            // A durable timer may fire early: the clock decides.
            while (!completed.IsCompleted && !IsCancelled && _context.CurrentUtcDateTime < again)
                await _timers.WaitAsync(again, completed, _control.Changed);
            if (IsCancelled && !completed.IsCompleted)
                return await EndHereAsync(batch, completed);
            if (completed.IsCompleted)
                return await completed;
        }
    }

    private bool IsCancelled => _control.Current.Stop is CompletionReason.CancelledByRequest or CompletionReason.DeadlineReached;

    private async Task<BatchResult> EndHereAsync(BatchInput batch, Task<BatchResult> completed)
    {
        var due = _context.CurrentUtcDateTime + EndHereAfter;
        while (!completed.IsCompleted && _context.CurrentUtcDateTime < due)
            await _timers.WaitAsync(due, completed);
        return completed.IsCompleted ? await completed : await CallBatchAsync(batch);
    }

    /// <returns>What stays with the lane.</returns>
    private async Task<WorkUnit> TakeBackAsync(WorkUnit unit, BatchResult result)
    {
        var rest = Rest(unit, result);
        switch (result.End)
        {
            case BatchEnd.Crashed:
                foreach (var piece in CrashSplit.Of(unit, result, _input.Plan.Source.ByKey is not null).Reverse())
                    _work.PutBack(piece);
                return WorkUnit.Nothing;
            case BatchEnd.Stopped:
                Stop(result.Stop ?? CompletionReason.InternalFailure, result.Message);
                return WorkUnit.Nothing;
            case BatchEnd.Paused:
                _work.PutBack(rest);
                await _control.WaitUntilResumedAsync(result.ControlVersion, () => IsBudgetUsed);
                return WorkUnit.Nothing;
            case BatchEnd.HandedBack when unit.Isolated:
                break;
            case BatchEnd.HandedBack:
                _seenPerSlice = Math.Max(result.Next - unit.Start, 1);
                break;
            case BatchEnd.RangeDone:
            default:
                break;
        }

        if (rest.Start >= rest.End && !rest.Isolated)
            return rest;
        _work.PutBack(rest);
        return WorkUnit.Nothing;
    }

    // Isolated work that was gone through goes on as any other, but for the steps of a key that are still to be tried.
    private static WorkUnit Rest(WorkUnit unit, BatchResult result)
    {
        var rest = new WorkUnit(result.Next, unit.End, result.Pending) { Keys = result.Keys };
        if (!unit.Isolated)
            return rest;
        if (result.End != BatchEnd.RangeDone)
            return rest with { Isolated = true, Steps = unit.Steps };
        return unit.Steps?.Count > 1 ? rest with { Isolated = true, Steps = [.. unit.Steps.Skip(1)] } : rest;
    }

    // Only items and keys that wait for their time are left, and none is due: a timer waits for them, not a batch.
    private async Task WaitForRetriesAsync(DateTimeOffset? until)
    {
        var due = until?.UtcDateTime ?? DateTime.MinValue;
        if (due <= _context.CurrentUtcDateTime)
            return;
        _events += 2;
        await _control.DelayUntilAsync(due);
    }

    private void Stop(CompletionReason reason, string? message)
    {
        _stop ??= reason;
        _message ??= message;
    }
}
