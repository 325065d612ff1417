namespace Fanout.Handlers;

/// <summary>The item can never succeed: it fails at once, without further attempts.</summary>
/// <param name="message">What is wrong with it.</param>
/// <param name="innerException">The cause, if any.</param>
public class PermanentItemException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What results group by; the exception's own type name unless a handler names it better (<c>Http404</c>).</summary>
    public virtual string ErrorType => GetType().Name;
}

/// <summary>
/// The downstream asked to slow down: the next attempt comes no earlier than it asked, and not only this item waits. The narrowest thing it is
/// under (its key when the run has per-key limits, else the limits the run names, else the run) starts nothing before that time, and goes on
/// with half of its concurrency and rate, which it regains by a tenth of the whole a second. The attempt counts as one.
/// </summary>
/// <param name="retryAfter">How long to wait; null: the retry policy's own delay.</param>
/// <param name="message">What it said.</param>
/// <param name="innerException">The cause, if any.</param>
public class ThrottledItemException(TimeSpan? retryAfter, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>No attempt before this has passed; null: the retry policy's own delay.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What results group by.</summary>
    public virtual string ErrorType => GetType().Name;
}

/// <summary>The item failed and may be tried again; for handlers that name their errors' types themselves.</summary>
/// <param name="errorType">What results group by.</param>
/// <param name="message">What happened.</param>
/// <param name="innerException">The cause, if any.</param>
public class TransientItemException(string errorType, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What results group by.</summary>
    public string ErrorType { get; } = errorType;
}
