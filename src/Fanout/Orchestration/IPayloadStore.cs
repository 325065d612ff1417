namespace Fanout.Orchestration;

/// <summary>
/// Where payloads (inputs, results, events) are kept that are too large to travel in a history or a message; what travels is a claim check (Hohpe and
/// Woolf, Enterprise Integration Patterns, 2003). A payload's name says its content, so that writing it again changes nothing.
/// </summary>
public interface IPayloadStore
{
    /// <summary>Keeps a payload until all of its instance's run is deleted.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    ValueTask WriteAsync(string instanceId, string name, ReadOnlyMemory<byte> payload);

    /// <summary>Reads one.</summary>
    /// <exception cref="StorageException">It cannot be read, or is not there.</exception>
    ValueTask<byte[]> ReadAsync(string instanceId, string name);
}
