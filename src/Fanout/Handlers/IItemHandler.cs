namespace Fanout.Handlers;

/// <summary>The user's code for one item.</summary>
/// <typeparam name="TItem">What an item is read as: a type System.Text.Json can read, <see cref="string"/>, or <see cref="System.Text.Json.JsonElement"/>.</typeparam>
/// <typeparam name="TResult">What System.Text.Json writes to the results.</typeparam>
/// <remarks>
/// Called for many items at once on one instance, and at least once for each: after a crash an item that was in flight is handled again,
/// with the same <see cref="ItemContext.IdempotencyKey"/>. The token is cancelled on timeout, cancel, and a forced stop.
/// </remarks>
public interface IItemHandler<in TItem, TResult>
{
    /// <summary>Handles one attempt at one item. Throwing fails the attempt; <see cref="PermanentItemException"/> and <see cref="ThrottledItemException"/> say more.</summary>
    ValueTask<TResult> HandleAsync(TItem item, ItemContext context, CancellationToken cancellationToken);
}
