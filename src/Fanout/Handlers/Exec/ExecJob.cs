using System.Buffers;

namespace Fanout.Handlers.Exec;

/// <summary>One attempt at one item; its task completes when the attempt has.</summary>
internal sealed class ExecJob(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ItemContext Context { get; } = context;

    public IBufferWriter<byte> Output { get; } = output;

    public CancellationToken CancellationToken { get; } = cancellationToken;
}
