namespace Fanout.Handlers;

/// <summary>A handler's result cannot be written as JSON.</summary>
/// <param name="type">What the handler gives.</param>
/// <param name="reason">Why it cannot be written.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class UnwritableResultException(string type, string reason, Exception? innerException = null)
    : PermanentItemException($"The result cannot be written as JSON of {type}: {reason}", innerException)
{
    /// <inheritdoc/>
    public override string ErrorType => "UnwritableResult";
}
