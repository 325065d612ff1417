using System.Diagnostics.Metrics;
using Fanout.Telemetry;

namespace Fanout.Embedded.Telemetry;

/// <summary>What is measured where turns become durable.</summary>
internal static class StoreInstruments
{
    // A transaction is a sync: a fraction of a millisecond on a good disk, seconds on one that is held up.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    };

    private static readonly InstrumentAdvice<long> Counts = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] };

    private static readonly InstrumentAdvice<long> Sizes = new() { HistogramBucketBoundaries = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304] };

    /// <inheritdoc cref="MetricNames.HistoryLength"/>
    public static Histogram<long> HistoryLength { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.HistoryLength, "{event}", "Events in an orchestration's history after each of its turns.", tags: null, Counts);

    /// <inheritdoc cref="MetricNames.CommitDuration"/>
    public static Histogram<double> CommitDuration { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.CommitDuration, "s", "How long a turn's decisions took to be durable.", tags: null, Durations);

    /// <inheritdoc cref="MetricNames.CommitSize"/>
    public static Histogram<long> CommitSize { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.CommitSize, "By", "How much a turn adds to its history.", tags: null, Sizes);

    /// <inheritdoc cref="MetricNames.TransactionDuration"/>
    public static Histogram<double> TransactionDuration { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.TransactionDuration, "s", "How long a transaction of the store took, its sync to disk included.", tags: null, Durations);

    /// <inheritdoc cref="MetricNames.TransactionSize"/>
    public static Histogram<long> TransactionSize { get; } = FanoutTelemetry.Meter.CreateHistogram(
        MetricNames.TransactionSize, "{operation}", "Pieces of work in a transaction of the store.", tags: null, Counts);
}
