using System.Reflection;

namespace Fanout.Handlers;

/// <summary>Turns what a handler threw into data, in the one place where that happens.</summary>
internal static class HandlerErrors
{
    /// <summary>
    /// What is recorded of an attempt that threw, whether another attempt makes sense, how long it must wait at least (null: the retry policy's delay),
    /// and whether the downstream asked to slow down.
    /// Whether a cancellation was a timeout, a cancel or the handler's own is for the caller, who owns the tokens, to tell first.
    /// </summary>
    public static (ItemError Error, bool Retryable, TimeSpan? RetryAfter, bool Throttled) Describe(Exception exception)
    {
        var cause = Unwrap(exception);
        return cause switch
        {
            PermanentItemException permanent => (Create(permanent.ErrorType, cause), false, null, false),
            ThrottledItemException throttled => (Create(throttled.ErrorType, cause), true, throttled.RetryAfter, true),
            TransientItemException transient => (Create(transient.ErrorType, cause), true, null, false),
            _ => (Create(cause.GetType().Name, cause), true, null, false),
        };
    }

    /// <summary>The downstream asked to slow down.</summary>
    public static bool IsThrottled(Exception exception) => Unwrap(exception) is ThrottledItemException;

    private static Exception Unwrap(Exception exception)
    {
        while (exception is AggregateException or TargetInvocationException && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    private static ItemError Create(string type, Exception cause) => ItemError.Create(type, MessageOf(cause, type));

    // Message is virtual and user code: a throwing override must not take the batch down.
    private static string MessageOf(Exception cause, string type)
    {
        try
        {
            return string.IsNullOrEmpty(cause.Message) ? type : cause.Message;
        }
#pragma warning disable CA1031 // whatever the override throws, there is no message
        catch (Exception)
#pragma warning restore CA1031
        {
            return type;
        }
    }
}
