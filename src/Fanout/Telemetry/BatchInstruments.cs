using System.Diagnostics.Metrics;

namespace Fanout.Telemetry;

/// <summary>What is measured where batches are worked.</summary>
internal static class BatchInstruments
{
    // Handlers take from microseconds to minutes.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    /// <inheritdoc cref="MetricNames.ItemDuration"/>
    public static Histogram<double> ItemDuration { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.ItemDuration, "s", "How long an attempt at an item took in the handler.", tags: null, Durations);

    /// <inheritdoc cref="MetricNames.BatchDuration"/>
    public static Histogram<double> BatchDuration { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.BatchDuration, "s", "How long an execution of a batch took.", tags: null, Durations);

    /// <inheritdoc cref="MetricNames.QueueAge"/>
    public static Histogram<double> QueueAge { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.QueueAge, "s", "How long a batch waited in the queue before a worker took it for the first time.", tags: null, Durations);

    /// <summary>Tells how long an execution of a batch took.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="handler">The run's handler.</param>
    /// <param name="end">How it ended.</param>
    public static void RecordBatch(TimeSpan duration, string handler, string end) =>
        BatchDuration.Record(duration.TotalSeconds, new(AttributeNames.HandlerName, handler), new KeyValuePair<string, object?>(AttributeNames.BatchEnd, end));
}
