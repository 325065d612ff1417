using Fanout.Embedded.Stores;

namespace Fanout.Embedded;

/// <summary>Where engines keep instances and the catalog keeps runs.</summary>
public sealed class EmbeddedStorage : IAsyncDisposable
{
    private EmbeddedStorage(IEngineStore store) => Store = store;

    internal IEngineStore Store { get; }

    /// <summary>A storage that lives as long as this object.</summary>
    public static EmbeddedStorage InMemory() => new(new InMemoryStore());

    /// <summary>Closes it; engines over it must be stopped before.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
