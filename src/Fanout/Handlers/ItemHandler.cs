using System.Buffers;

namespace Fanout.Handlers;

/// <summary>A handler as batches call it: one instance a run and process, called by many items at once.</summary>
public abstract class ItemHandler : IAsyncDisposable
{
    /// <summary>
    /// Handles one attempt at one item, writing its result to <paramref name="output"/> as one JSON value; writing nothing means null.
    /// Throws to fail: <see cref="PermanentItemException"/> is not retried, <see cref="ThrottledItemException"/> says when to try again.
    /// </summary>
    public abstract ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
