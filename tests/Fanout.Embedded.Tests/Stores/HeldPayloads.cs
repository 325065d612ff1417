using System.Collections.Concurrent;
using Fanout.Orchestration;

namespace Fanout.Embedded.Tests.Stores;

/// <summary>Payloads in memory.</summary>
internal sealed class HeldPayloads : IPayloadStore
{
    private readonly ConcurrentDictionary<string, byte[]> _payloads = new(StringComparer.Ordinal);
    private int _writes;

    public int Writes => _writes;

    public int Count => _payloads.Count;

    public ValueTask WriteAsync(string instanceId, string name, ReadOnlyMemory<byte> payload)
    {
        Interlocked.Increment(ref _writes);
        _payloads[name] = payload.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask<byte[]> ReadAsync(string instanceId, string name) => ValueTask.FromResult(_payloads[name]);
}
