using System.Diagnostics;

namespace Fanout.Telemetry;

/// <summary>Starts spans that outlive whoever happens to start them.</summary>
internal static class Spans
{
    /// <summary>Starts one and leaves what is current as it is; null: nobody listens, or it is not sampled.</summary>
    /// <param name="name">One of <see cref="SpanNames"/>.</param>
    /// <param name="parent">Where it belongs; default: to what is current, if anything is.</param>
    /// <param name="tags">What is said of it from the start, for samplers to see.</param>
    /// <param name="links">What it has to do with elsewhere.</param>
    public static Activity? Start(string name, ActivityContext parent, IEnumerable<KeyValuePair<string, object?>> tags, IEnumerable<ActivityLink>? links = null)
    {
        var current = Activity.Current;
        var span = FanoutTelemetry.Source.StartActivity(name, ActivityKind.Internal, parent, tags, links);
        Activity.Current = current;
        return span;
    }
}
