using System.Buffers;
using System.Diagnostics;

namespace Fanout.Handlers.Exec;

/// <summary>One attempt at one item; its task completes when the attempt has, and what awaits it goes on at once, on the attempt's thread.</summary>
internal sealed class ExecJob(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken) : TaskCompletionSource
{
    public ItemContext Context { get; } = context;

    public IBufferWriter<byte> Output { get; } = output;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Where in a trace it belongs: the attempt's thread is not told. Null: in none.</summary>
    public string? TraceParent { get; } = Activity.Current?.Id;
}
