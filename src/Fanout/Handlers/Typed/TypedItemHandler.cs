using System.Buffers;

namespace Fanout.Handlers.Typed;

/// <summary>A handler over types, as batches call it.</summary>
/// <param name="handle">The user's code.</param>
/// <param name="owned">Disposed after the run; null: nothing.</param>
internal sealed class TypedItemHandler<TItem, TResult>(
    Func<TItem, ItemContext, CancellationToken, ValueTask<TResult>> handle, IAsyncDisposable? owned = null) : ItemHandler
{
    public override ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var pending = handle(ItemBinder<TItem>.Read(context.Item), context, cancellationToken);
        if (!pending.IsCompletedSuccessfully)
            return FinishAsync(pending, output);
        ResultWriter<TResult>.Write(pending.Result, output);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (owned is not null)
            await owned.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask FinishAsync(ValueTask<TResult> pending, IBufferWriter<byte> output) =>
        ResultWriter<TResult>.Write(await pending.ConfigureAwait(false), output);
}
