using System.Diagnostics;

namespace Fanout.Telemetry;

/// <summary>
/// The spans of one run in one process: that of the run, and those of its branches. They last as long as the process drives the run; one that is killed takes its
/// own along, and whoever goes on with the run begins new ones in the same trace. Thread-safe.
/// </summary>
internal sealed class RunTrace : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Activity> _branches = new(StringComparer.Ordinal);
    private readonly string _runId;
    private readonly bool _drives;
    private readonly ActivityContext _start;
    private readonly Activity? _run;
    private bool _isOver;

    /// <summary>Begins the run's span, if somebody listens.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="traceParent">The place of whoever started it; null: not known.</param>
    /// <param name="drives">False: this process only works batches, and the run and its branches are another's to tell of.</param>
    public RunTrace(RunSpec spec, string? traceParent, bool drives)
    {
        _runId = spec.Id!;
        _drives = drives;
        _start = TraceParent.Parse(traceParent);
        if (!drives || !FanoutTelemetry.Source.HasListeners())
            return;
        // Whoever goes on with a run that another trace began is to be found from there.
        var caller = Activity.Current?.Context ?? default;
        ActivityLink[] links = _start != default && caller != default && caller.TraceId != _start.TraceId ? [new ActivityLink(caller)] : [];
        _run = Spans.Start(SpanNames.Run, _start, [new(AttributeNames.RunId, _runId)], links);
        _run?.SetTag(AttributeNames.HandlerName, spec.Handler.Name);
    }

    /// <summary>True: this process drives the run.</summary>
    public bool IsDriver => _drives;

    /// <summary>The run's place in its trace: its span, or without one that of whoever started it.</summary>
    public ActivityContext Run => _run?.Context ?? _start;

    /// <summary>A branch's place, whose span begins when it is first asked for.</summary>
    public ActivityContext ContextOf(string branch)
    {
        if (!_drives || !FanoutTelemetry.Source.HasListeners())
            return Run;
        lock (_lock)
        {
            if (_branches.TryGetValue(branch, out var known))
                return known.Context;
            if (_isOver || Spans.Start(SpanNames.Branch, Run, [new(AttributeNames.RunId, _runId)]) is not { } span)
                return Run;
            span.SetTag(AttributeNames.Branch, branch);
            _branches.Add(branch, span);
            return span.Context;
        }
    }

    /// <summary>The place of a branch that has begun and not ended; of any other, the run's.</summary>
    public ActivityContext PlaceOf(string branch)
    {
        lock (_lock)
            return _branches.TryGetValue(branch, out var span) ? span.Context : Run;
    }

    /// <summary>A branch has ended.</summary>
    public void EndBranch(string branch, Tally tally)
    {
        lock (_lock)
        {
            if (_branches.Remove(branch, out var span))
                End(span, tally);
        }
    }

    /// <summary>The run has ended.</summary>
    public void EndRun(RunReport report)
    {
        lock (_lock)
        {
            if (_run is null || _isOver)
                return;
            _isOver = true;
            _run.SetTag(AttributeNames.RunStatus, report.Status.ToString()).SetTag(AttributeNames.RunItems, report.Total);
            if (report.Status is RunStatus.Failed or RunStatus.TimedOut)
                _run.SetStatus(ActivityStatusCode.Error, report.Message).SetTag(AttributeNames.ErrorType, report.Reason.ToString());
            EndBranches();
            End(_run, report.Tally);
        }
    }

    /// <summary>The process drives the run no longer; what is still open ends as it is.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
            EndBranches();
            _run?.Dispose();
        }
    }

    private void EndBranches()
    {
        foreach (var span in _branches.Values)
            span.Dispose();
        _branches.Clear();
    }

    private static void End(Activity span, Tally tally)
    {
        SpanTags.SetCounts(span, Counts.Of(tally));
        span.Dispose();
    }
}
