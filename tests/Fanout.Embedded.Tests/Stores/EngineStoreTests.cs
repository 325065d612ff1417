using Fanout.Embedded.Stores;
using Fanout.Orchestration;

namespace Fanout.Embedded.Tests.Stores;

public sealed class InMemoryStoreTests : EngineStoreContract
{
    private protected override IEngineStore Store { get; } = new InMemoryStore();
}

public sealed class SqliteStoreTests : EngineStoreContract, IAsyncDisposable
{
    private readonly TempHome _home = new();
    private readonly EmbeddedStorage _storage;

    public SqliteStoreTests() => _storage = EmbeddedStorage.Open(_home.Path);

    private protected override IEngineStore Store => _storage.Store;

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        _home.Dispose();
    }
}

/// <summary>Every payload, however small, is exchanged for a claim check.</summary>
public sealed class ClaimCheckStoreTests : EngineStoreContract
{
    private protected override IEngineStore Store { get; } = new ClaimCheckStore(new InMemoryStore(), new ClaimCheck(new HeldPayloads(), maxInlineBytes: 0));
}
