using Fanout.Handlers;

namespace Fanout.Results;

/// <summary>A reducer did not take an item's output.</summary>
/// <param name="message">Which reducer, and why.</param>
/// <param name="innerException">What it threw.</param>
public sealed class UnreducibleOutputException(string message, Exception innerException) : PermanentItemException(message, innerException)
{
    /// <inheritdoc/>
    public override string ErrorType => "UnreducibleOutput";
}
