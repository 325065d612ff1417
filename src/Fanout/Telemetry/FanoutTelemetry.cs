using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fanout.Telemetry;

/// <summary>
/// What Fanout tells of itself: one source of spans and one meter, both called <c>Fanout</c>. Whoever wants them listens; while nobody does, they cost nothing
/// an item.
/// </summary>
public static class FanoutTelemetry
{
    /// <summary>The name of the source and of the meter.</summary>
    public const string Name = "Fanout";

    private static readonly string? Version = typeof(FanoutTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>Spans; <see cref="SpanNames"/> has their names.</summary>
    public static ActivitySource Source { get; } = new(Name, Version);

    /// <summary>Metrics; <see cref="MetricNames"/> has their names.</summary>
    public static Meter Meter { get; } = new(Name, Version);
}
