using System.Collections.Concurrent;
using System.Diagnostics;
using Fanout.Telemetry;

namespace Fanout.Conformance.Telemetry;

/// <summary>Listens to Fanout's spans, and to those of a source of the test's own, as an exporter does; keeps those that have ended.</summary>
public sealed class SpanRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    /// <summary>Begins to listen: to every span whose parent is recorded, or that has none.</summary>
    public SpanRecorder()
    {
        Source = new ActivitySource($"Test.{ActivityTraceId.CreateRandom()}");
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == FanoutTelemetry.Name || source == Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) => options.Parent == default || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.PropagationData,
            ActivityStopped = span =>
            {
                if (span.Recorded)
                    _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The test's own.</summary>
    public ActivitySource Source { get; }

    /// <summary>Those that have ended.</summary>
    public IReadOnlyList<Activity> All => [.. _spans];

    /// <summary>Those of a run that have ended.</summary>
    public IReadOnlyList<Activity> Of(string name, string runId) =>
        [.. _spans.Where(span => span.OperationName == name && (string?)span.GetTagItem(AttributeNames.RunId) == runId)];

    /// <summary>Those right below one.</summary>
    public IReadOnlyList<Activity> Below(Activity parent) => [.. _spans.Where(span => span.ParentSpanId == parent.SpanId && span.TraceId == parent.TraceId)];

    public void Dispose()
    {
        _listener.Dispose();
        Source.Dispose();
    }
}
