using Fanout.Embedded.Stores;

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
