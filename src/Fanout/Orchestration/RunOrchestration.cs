using System.Globalization;
using Fanout.Planning;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout.Orchestration;

/// <summary>
/// The root of a run: plans it (in parts, if its source is split), keeps its branches busy, closes it, and has its end announced. Hands work out in shares, takes back what branches could not finish
/// within their history budget, and continues as new when its own is used. Deterministic.
/// </summary>
internal sealed class RunOrchestration
{
    /// <summary>Orchestrator's name.</summary>
    public const string Name = "run";

    private const int HistoryBudget = 400;

    // With two fetches of 4 MiB each they are bounded where one process plans them all.
    private const int PartsPlannedAtOnce = 16;

    private readonly IOrchestrationContext _context;
    private readonly RunInput _input;
    private readonly IReduction? _reduction;
    private readonly ControlListener _control;
    private readonly HashSet<string> _branchesUnderWay = [];
    private readonly DateTime _startedAt;
    private WorkQueue _work = new([]);
    private Tally _tally;
    private LaneState[]? _lanes;
    private int _branchesStarted;
    private int _events;
    private CompletionReason? _stop;
    private string? _message;

    private RunOrchestration(IOrchestrationContext context, RunInput input, IReduction? reduction)
    {
        _context = context;
        _input = input;
        _reduction = reduction;
        _tally = input.Tally;
        _branchesStarted = input.BranchesStarted;
        _startedAt = input.StartedAt ?? context.CurrentUtcDateTime;
        _control = new ControlListener(context, input.Signal ?? ControlSignal.None, Forward);
    }

    private bool IsBudgetUsed => _events >= HistoryBudget;

    /// <summary>Runs a run; null: it goes on as new.</summary>
    public static Task<RunReport?> RunAsync(IOrchestrationContext context, RunInput input, FanoutRegistry registry) =>
        new RunOrchestration(context, input, input.Reduce is { } name ? registry.Reductions[name] : null).RunAsync();

    private async Task<RunReport?> RunAsync()
    {
        _control.Start();
        using var deadline = new CancellationTokenSource();
        var timer = WatchDeadlineAsync(deadline.Token);
        var plan = _input.Plan ?? await PlanAsync();
        if (plan is not null)
        {
            _lanes = plan.LanesAreApart ? _input.Lanes?.ToArray() ?? new LaneState[plan.Lanes] : null;
            _work = new WorkQueue(_input.Plan is null ? [new WorkUnit(0, plan.Length, [])] : _input.Work);
            var branches = Enumerable.Range(0, plan.Branches).Select(place => KeepBranchBusyAsync(plan, place)).ToList();
            await Task.WhenAll(branches);
            // As in a branch: what was tried and handed back is settled though the run ends.
            if (_stop is not (null or CompletionReason.InternalFailure) && !_work.Tried.IsEmpty)
                await CallBranchAsync(plan, place: 0, NextBranch(), [_work.Tried]);
        }

        deadline.Cancel();
        if (_stop is null && !_work.IsEmpty)
        {
            ContinueAsNew(plan!);
            return null;
        }

        var report = await _context.CallActivityAsync<RunReport>(Activities.CloseRun, new CloseRunInput(
            _input.RunId, _input.Reduce, _startedAt, plan?.Total, _tally, _branchesStarted, _stop, _message));
        // The report stands, whatever becomes of telling it.
        if (_input.Announce is { } channels)
            await AnnouncementOrchestration.RunAsync(_context, _input.RunId, channels);
        return report;
    }

    private async Task<RunPlan?> PlanAsync()
    {
        _events += 3;
        try
        {
            var planned = await _context.CallActivityAsync<PlanResult>(Activities.Plan, _input.RunId);
            if (planned.Split is { } split)
                planned = await PlanPartsAsync(split);
            if (planned.Plan is null)
                Stop(CompletionReason.SourceFailed, planned.Failure);
            return planned.Plan;
        }
        catch (TaskFailedException failed)
        {
            Stop(CompletionReason.InternalFailure, failed.Message);
            return null;
        }
    }

    private async Task<PlanResult> PlanPartsAsync(SourceSplit split)
    {
        var parts = new PlannedPart[split.Parts];
        var next = 0;
        string? failure = null;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(PartsPlannedAtOnce, split.Parts)).Select(_ => TakePartsAsync()));
        if (failure is not null)
            return new PlanResult(null, failure);
        _events += 3;
        return await _context.CallActivityAsync<PlanResult>(Activities.MergePlan, new MergePlanInput(_input.RunId, split, parts));

        async Task TakePartsAsync()
        {
            while (next < split.Parts)
            {
                var part = next++;
                _events += 3;
                try
                {
                    var planned = await _context.CallActivityAsync<PlanPartResult>(Activities.PlanPart, new PlanPartInput(_input.RunId, split, part));
                    // As in a branch: another part's result may arrive in its place.
                    while (planned.Number is { } number && number != part)
                    {
                        _events += 3;
                        planned = await _context.CallActivityAsync<PlanPartResult>(Activities.PlanPart, new PlanPartInput(_input.RunId, split, part));
                    }

                    if (planned.Part is { } done)
                        parts[part] = done;
                    else
                        (failure, next) = (failure ?? planned.Failure ?? "A part of the source could not be planned.", split.Parts);
                }
                catch (TaskFailedException)
                {
                    // The plan has failed: no other part is begun.
                    next = split.Parts;
                    throw;
                }
            }
        }
    }

    private async Task KeepBranchBusyAsync(RunPlan plan, int place)
    {
        while (_stop is null && !IsBudgetUsed)
        {
            var share = plan.Branches == 1 ? long.MaxValue : Planner.NextRange(_work.Remaining, plan.Branches, Planner.LeastShare(plan), long.MaxValue, null);
            var work = _work.TakeMany(share);
            if (work.Count == 0)
                return;
            await CallBranchAsync(plan, place, NextBranch(), work);
        }
    }

    private string NextBranch() => string.Create(CultureInfo.InvariantCulture, $"b{++_branchesStarted:D4}");

    private async Task CallBranchAsync(RunPlan plan, int place, string branch, IReadOnlyList<WorkUnit> work)
    {
        var instanceId = $"{_input.RunId}:{branch}";
        var input = new BranchInput(_input.RunId, branch, place, plan, work, _input.Reduce, _control.Current)
        {
            // Every place is filled once before any is filled again.
            Follows = _branchesStarted > plan.Branches,
            Lanes = _lanes?[LanesOf(place)],
        };
        _events += 3;
        _branchesUnderWay.Add(instanceId);
        try
        {
            var result = await _context.CallSubOrchestratorAsync<BranchResult>(BranchOrchestration.Name, input, instanceId);
            // Of a turn that a crash undid the branch was begun with other work: what it settled cannot be told apart from what others settle.
            if (result.Worked is { } worked && worked != WorkUnit.Fingerprint(work))
                Stop(CompletionReason.InternalFailure, $"Branch {branch} was begun twice, with different work, around a crash. Redrive the run, or start it anew.");
            _tally = Tally.Merge(_tally, result.Tally, _reduction);
            result.Lanes?.ToArray().CopyTo(_lanes.AsSpan()[LanesOf(place)]);
            foreach (var rest in result.Rest.Reverse())
                _work.PutBack(rest);
            if (result.Stop is { } stop)
                Stop(stop, result.Message);
        }
        catch (TaskFailedException failed)
        {
            Stop(CompletionReason.InternalFailure, failed.Message);
        }
        finally
        {
            _branchesUnderWay.Remove(instanceId);
        }

        Range LanesOf(int place) => (place * plan.LanesPerBranch)..((place + 1) * plan.LanesPerBranch);
    }

    private async Task WatchDeadlineAsync(CancellationToken cancellationToken)
    {
        if (_input.Deadline is not { } deadline)
            return;
        var due = _startedAt + deadline;
        // A durable timer may fire early: the clock decides.
        while (_context.CurrentUtcDateTime < due)
        {
            _events += 2;
            try
            {
                await _context.CreateTimer(due, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        if (cancellationToken.IsCancellationRequested)
            return;
        _events += 3;
        var signal = await _context.CallActivityAsync<ControlSignal>(Activities.Stop, new StopInput(
            _input.RunId, CompletionReason.DeadlineReached, $"The run did not end within its deadline of {HumanDuration.Format(deadline)}."));
        Forward(signal);
    }

    private void Forward(ControlSignal signal)
    {
        _events++;
        foreach (var branch in _branchesUnderWay)
        {
            _events++;
            _context.SendEvent(branch, ControlSignal.EventName, signal);
        }
    }

    private void ContinueAsNew(RunPlan plan) => _context.ContinueAsNew(_input with
    {
        StartedAt = _startedAt,
        Plan = plan,
        Work = _work.Units,
        BranchesStarted = _branchesStarted,
        Tally = _tally,
        // A branch whose batch was paused waits for news: what is told already is not told again.
        Signal = _control.Current,
        Lanes = _lanes,
    });

    private void Stop(CompletionReason reason, string? message)
    {
        _stop ??= reason;
        _message ??= message;
    }
}
