using System.Buffers;

namespace Fanout.Handlers;

/// <summary>Does nothing, for measuring what Fanout itself costs. No result, no waiting, no allocation.</summary>
internal sealed class NoopHandler : ItemHandler
{
    public override ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
