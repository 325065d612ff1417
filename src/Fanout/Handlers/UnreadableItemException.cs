namespace Fanout.Handlers;

/// <summary>An item is not what its handler takes.</summary>
/// <param name="type">What the handler takes.</param>
/// <param name="reason">Why the item is none.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class UnreadableItemException(string type, string reason, Exception? innerException = null)
    : PermanentItemException($"The item cannot be read as {type}: {reason}", innerException)
{
    /// <inheritdoc/>
    public override string ErrorType => "UnreadableItem";
}
