using System.Text;

namespace Fanout.Server.Events;

/// <summary>An event as it is sent to everybody: made once.</summary>
/// <param name="Sequence">Its place among the events of its run.</param>
/// <param name="Id">What a client names when it goes on after it.</param>
/// <param name="Bytes">It, as <c>text/event-stream</c> has it.</param>
internal sealed record EventFrame(long Sequence, string Id, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Keeps the connection open through whatever stands between.</summary>
    public static ReadOnlyMemory<byte> Heartbeat { get; } = ":\n\n"u8.ToArray();

    /// <summary>The first lines of a stream: how long a client waits before it comes back.</summary>
    public static ReadOnlyMemory<byte> Opening { get; } = "retry: 2000\n\n"u8.ToArray();

    /// <summary>Makes one.</summary>
    /// <param name="sequence">Its place.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its id.</param>
    /// <param name="json">What it says, in JSON, which has no line breaks.</param>
    public static EventFrame Of(long sequence, string kind, string id, ReadOnlySpan<byte> json)
    {
        var head = Encoding.UTF8.GetBytes($"event: {kind}\nid: {id}\ndata: ");
        var bytes = new byte[head.Length + json.Length + 2];
        head.CopyTo(bytes, 0);
        json.CopyTo(bytes.AsSpan(head.Length));
        "\n\n"u8.CopyTo(bytes.AsSpan(^2));
        return new EventFrame(sequence, id, bytes);
    }
}
