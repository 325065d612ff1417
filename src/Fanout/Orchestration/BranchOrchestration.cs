using System.Globalization;
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

    private readonly IOrchestrationContext _context;
    private readonly BranchInput _input;
    private readonly IReduction? _reduction;
    private readonly WorkQueue _work;
    private readonly List<PartRef> _parts = [];
    private readonly List<string> _batchKeys = [];
    private readonly ControlListener _control;
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
        _control = new ControlListener(context, input.Signal, _ => _events++);
    }

    private bool IsBudgetUsed => _events >= HistoryBudget;

    /// <summary>Runs a branch.</summary>
    public static Task<BranchResult> RunAsync(IOrchestrationContext context, BranchInput input, FanoutRegistry registry) =>
        new BranchOrchestration(context, input, input.Reduce is { } name ? registry.Reductions[name] : null).RunAsync();

    private async Task<BranchResult> RunAsync()
    {
        _control.Start();
        var lanes = Enumerable.Range(0, _input.Plan.LanesPerBranch).Select(RunLaneAsync).ToList();
        await Task.WhenAll(lanes);
        // What was tried is not "never started": a batch that finds the run stopped settles it.
        if (_stop is not (null or CompletionReason.InternalFailure) && !_work.Tried.IsEmpty)
            await CallBatchAsync(_work.Tried, lane: 0, number: _batchKeys.Count);
        var close = new CloseBranchInput(_input.RunId, _input.Branch, _parts, _tally with { Errors = [] }, _batchKeys);
        await _context.CallActivityAsync<bool>(Activities.CloseBranch, close);
        return new BranchResult(_tally, _stop is null ? _work.Units : [], _stop, _message);
    }

    private async Task RunLaneAsync(int lane)
    {
        // Items that wait to be tried again stay with their lane, which works them with its next range.
        var waiting = WorkUnit.Nothing;
        for (var number = 0; _stop is null && !IsBudgetUsed; number++)
        {
            var plan = _input.Plan;
            var unit = _work.TakeShare(plan.LanesPerBranch, Planner.LeastRange(plan, _itemsPerSecond), plan.MaxItems, _seenPerSlice)?.With(waiting);
            if (unit is null && waiting.IsEmpty)
                return;
            if (unit is null)
                await WaitForRetriesAsync(unit = waiting);
            var result = await CallBatchAsync(unit, lane, number);
            if (result is null)
                return;
            waiting = await TakeBackAsync(unit, result);
        }

        _work.PutBack(waiting);
    }

    private async Task<BatchResult?> CallBatchAsync(WorkUnit unit, int lane, int number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{_input.Branch}-l{lane:D2}-{number:D5}");
        var plan = _input.Plan;
        // The first slices of a run's lanes are of different lengths: they do not all end at once ever after.
        var fraction = number == 0 ? (lane + 1.0) / plan.LanesPerBranch : 1;
        var batch = new BatchInput(
            _input.RunId, key, plan.Source, unit.Start, unit.End, unit.Pending, (_input.Place * plan.LanesPerBranch) + lane, plan.Lanes, fraction)
        {
            MoreFollows = !_work.IsEmpty,
            Keys = unit.Keys,
        };
        _events += 3;
        _batchKeys.Add(key);
        try
        {
            var result = await _context.CallActivityAsync<BatchResult>(Activities.Batch, batch);
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

    /// <returns>What stays with the lane.</returns>
    private async Task<WorkUnit> TakeBackAsync(WorkUnit unit, BatchResult result)
    {
        var rest = new WorkUnit(result.Next, unit.End, result.Pending) { Keys = result.Keys };
        switch (result.End)
        {
            case BatchEnd.Stopped:
                Stop(result.Stop ?? CompletionReason.InternalFailure, result.Message);
                return WorkUnit.Nothing;
            case BatchEnd.Paused:
                _work.PutBack(rest);
                await _control.WaitUntilResumedAsync(result.ControlVersion, () => IsBudgetUsed);
                return WorkUnit.Nothing;
            case BatchEnd.HandedBack:
                _seenPerSlice = Math.Max(result.Next - unit.Start, 1);
                break;
            case BatchEnd.RangeDone:
            default:
                break;
        }

        if (rest.Start >= rest.End)
            return rest;
        _work.PutBack(rest);
        return WorkUnit.Nothing;
    }

    // Only items and keys that wait for their time are left, and none is due: a timer waits for them, not a batch.
    private async Task WaitForRetriesAsync(WorkUnit rest)
    {
        var due = rest.BegunDue()?.UtcDateTime ?? DateTime.MinValue;
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
