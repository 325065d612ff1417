namespace Fanout.Embedded.Tests.Catalog;

public sealed class InMemoryRunCatalogTests : RunCatalogContract
{
    public InMemoryRunCatalogTests() => Storage = EmbeddedStorage.InMemory(Time);

    private protected override EmbeddedStorage Storage { get; }
}

public sealed class SqliteRunCatalogTests : RunCatalogContract, IAsyncDisposable
{
    private readonly TempHome _home = new();

    public SqliteRunCatalogTests() => Storage = EmbeddedStorage.Open(_home.Path, Time);

    private protected override EmbeddedStorage Storage { get; }

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        _home.Dispose();
    }
}
