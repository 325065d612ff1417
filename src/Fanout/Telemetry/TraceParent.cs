using System.Diagnostics;

namespace Fanout.Telemetry;

/// <summary>
/// A place in a trace as text: the W3C's <c>traceparent</c>, 55 characters. By it a run goes on in the trace of whoever started it, and a batch in that of its
/// branch, in whichever process.
/// </summary>
public static class TraceParent
{
    /// <summary>Longest that is read.</summary>
    public const int MaxLength = 55;

    /// <summary>
    /// The place of whoever calls: the innermost span that somebody listens to, else the one outside this process that its spans say they belong to; null: there is
    /// none.
    /// </summary>
    /// <remarks>A span of no source is no parent: ASP.NET Core makes one for every request, whether anybody listens or not, and nobody would ever find it.</remarks>
    public static string? OfCaller()
    {
        for (var span = Activity.Current; span is { IdFormat: ActivityIdFormat.W3C }; span = span.Parent)
        {
            if (span.Source.Name.Length > 0)
                return span.Id;
            if (span.Parent is null)
                return Parse(span.ParentId) == default ? null : span.ParentId;
        }

        return null;
    }

    /// <summary>Reads one; what is none, or null, is no place.</summary>
    /// <param name="text">The text.</param>
    public static ActivityContext Parse(string? text) =>
        text is { Length: MaxLength } && ActivityContext.TryParse(text, null, isRemote: true, out var context) ? context : default;

    /// <summary>Writes one; null: it is no place.</summary>
    internal static string? Format(in ActivityContext context) =>
        context == default ? null : $"00-{context.TraceId}-{context.SpanId}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}
