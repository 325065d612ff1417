using Fanout.Embedded.Catalog;
using Fanout.Embedded.Storage;
using Fanout.Embedded.Stores;
using Fanout.Runs;

namespace Fanout.Embedded;

/// <summary>A home: where engines keep instances and the catalog keeps runs.</summary>
public sealed class EmbeddedStorage : IAsyncDisposable
{
    private readonly SqliteDatabase? _database;

    private EmbeddedStorage(IEngineStore store, IRunCatalog catalog, SqliteDatabase? database)
    {
        Store = store;
        Catalog = catalog;
        _database = database;
    }

    /// <summary>The list of runs.</summary>
    public IRunCatalog Catalog { get; }

    /// <summary>The database file; null: it is in memory.</summary>
    public string? DatabasePath => _database?.Path;

    internal IEngineStore Store { get; }

    /// <summary>Opens a home, creating what is missing. Any number of processes may have it open.</summary>
    /// <param name="home">Its directory; the database is <c>fanout.db</c> in it.</param>
    /// <param name="timeProvider">The clock that says whether a lease has expired; null: the system's.</param>
    /// <exception cref="StorageException">The home cannot be used: not a directory, not writable, full, damaged, or of a newer version.</exception>
    public static EmbeddedStorage Open(string home, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(home);
        var database = SqliteDatabase.Open(home);
        return new EmbeddedStorage(new SqliteStore(database), new SqliteRunCatalog(database, timeProvider ?? TimeProvider.System), database);
    }

    /// <summary>A storage that lives as long as this object.</summary>
    /// <param name="timeProvider">The clock that says whether a lease has expired; null: the system's.</param>
    public static EmbeddedStorage InMemory(TimeProvider? timeProvider = null)
    {
        var store = new InMemoryStore();
        return new EmbeddedStorage(store, new InMemoryRunCatalog(store, timeProvider ?? TimeProvider.System), null);
    }

    /// <summary>Finishes what is being written and closes it; engines over it must be stopped before.</summary>
    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
