using System.Diagnostics;
using Fanout.Processing;
using Fanout.Sources;

namespace Fanout.Telemetry;

/// <summary>The span of one execution of a batch, and those of a sample of its items. There is none while nobody listens.</summary>
internal sealed class BatchTrace : IDisposable
{
    private readonly Activity? _span;
    private readonly Activity? _unsampled;
    private readonly ItemSampling? _items;
    private readonly string _runId;

    private BatchTrace(Activity? span, ActivityContext place, RunScope scope)
    {
        _span = span;
        _runId = scope.RunId;
        _items = span is { IsAllDataRequested: true } && scope.ItemSampling is { TakesAny: true } sampling ? sampling : null;
        _unsampled = Unsampled(place);
    }

    /// <summary>Begins the span; null: nobody listens.</summary>
    /// <param name="scope">The run.</param>
    /// <param name="input">The batch.</param>
    /// <param name="execution">Which of its executions.</param>
    public static BatchTrace? Begin(RunScope scope, BatchInput input, in BatchExecution execution)
    {
        if (!FanoutTelemetry.Source.HasListeners())
            return null;
        var isSent = execution.Parent != default;
        var parent = isSent ? execution.Parent : ParentIn(scope, input);
        var span = FanoutTelemetry.Source.StartActivity(SpanNames.Batch, isSent ? ActivityKind.Consumer : ActivityKind.Internal, parent, [
            new(AttributeNames.RunId, scope.RunId),
            new(AttributeNames.HandlerName, scope.Spec.Handler.Name),
            new(AttributeNames.Branch, input.Branch),
            new(AttributeNames.BatchKey, input.Key),
            new(AttributeNames.BatchEpoch, execution.Epoch),
        ]);
        return new BatchTrace(span, span?.Context ?? parent, scope);
    }

    /// <summary>
    /// What a worker's items without a span belong to: what their handlers do is told to be a part of this trace that is not recorded. Without it each would
    /// begin a trace of its own.
    /// </summary>
    public void Enter()
    {
        if (_unsampled is not null)
            Activity.Current = _unsampled;
    }

    /// <summary>Begins the span of an attempt; null: it is not of the sample.</summary>
    public Activity? TryStartItem(in Item item, int attempt)
    {
        if (_items is null || !_items.Takes())
            return null;
        return Spans.Start(SpanNames.Item, _span!.Context, [
            new(AttributeNames.RunId, _runId),
            new(AttributeNames.ItemIndex, item.Index),
            new(AttributeNames.ItemAttempt, attempt),
        ]);
    }

    /// <summary>Says how the execution ended.</summary>
    public void End(BatchResult result, Counts settled)
    {
        if (_span is null)
            return;
        SpanTags.SetCounts(_span, settled);
        _span.SetTag(AttributeNames.BatchEnd, result.End.ToString());
    }

    /// <summary>Says why the execution came to no result.</summary>
    public void Fail(Exception failure)
    {
        if (_span is not null)
            SpanTags.SetFailure(_span, failure);
    }

    /// <summary>Ends the span.</summary>
    public void Dispose()
    {
        _unsampled?.Dispose();
        _span?.Dispose();
    }

    // Where another process drives the run, its engine has spans of its own, and called this within one.
    private static ActivityContext ParentIn(RunScope scope, BatchInput input) =>
        !scope.Trace.IsDriver && Activity.Current is { } current ? current.Context : scope.Trace.ContextOf(input.Branch);

    private static Activity? Unsampled(ActivityContext place)
    {
        if (place == default)
            return null;
        var current = Activity.Current;
        var unsampled = new Activity(SpanNames.Item).SetParentId(place.TraceId, place.SpanId, ActivityTraceFlags.None).Start();
        Activity.Current = current;
        return unsampled;
    }
}
