using System.Diagnostics;

namespace Fanout.Telemetry;

/// <summary>What several kinds of spans say.</summary>
internal static class SpanTags
{
    /// <summary>Items by outcome; those there are none of are left out.</summary>
    public static void SetCounts(Activity span, in Counts counts)
    {
        Set(span, AttributeNames.ItemsSucceeded, counts.Succeeded);
        Set(span, AttributeNames.ItemsFailed, counts.Failed);
        Set(span, AttributeNames.ItemsTimedOut, counts.TimedOut);
        Set(span, AttributeNames.ItemsCancelled, counts.Cancelled);
    }

    /// <summary>It failed.</summary>
    public static void SetFailure(Activity span, Exception failure)
    {
        span.SetStatus(ActivityStatusCode.Error, failure.Message);
        span.SetTag(AttributeNames.ErrorType, failure.GetType().FullName);
        span.AddException(failure);
    }

    private static void Set(Activity span, string name, long count)
    {
        if (count > 0)
            span.SetTag(name, count);
    }
}
