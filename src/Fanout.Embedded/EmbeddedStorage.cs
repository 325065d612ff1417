using Fanout.Embedded.Catalog;
using Fanout.Embedded.Limits;
using Fanout.Embedded.Storage;
using Fanout.Embedded.Stores;
using Fanout.Runs;

namespace Fanout.Embedded;

/// <summary>A home: where engines keep instances and the catalog keeps runs.</summary>
public sealed class EmbeddedStorage : IAsyncDisposable
{
    private readonly SqliteDatabase? _database;
    private readonly Func<string, Task<string?>> _findOwner;

    private EmbeddedStorage(IEngineStore store, IRunCatalog catalog, ILimitStore limits, SqliteDatabase? database, Func<string, Task<string?>> findOwner)
    {
        _findOwner = findOwner;
        Store = store;
        Catalog = catalog;
        Limits = limits;
        _database = database;
    }

    /// <summary>The list of runs.</summary>
    public IRunCatalog Catalog { get; }

    /// <summary>The limits that runs share. Nothing is opened or created for a home that has none.</summary>
    public ILimitStore Limits { get; }

    /// <summary>The database file; null: it is in memory.</summary>
    public string? DatabasePath => _database?.Path;

    internal IEngineStore Store { get; }

    /// <summary>Opens a home, creating what is missing. Any number of processes may have it open.</summary>
    /// <param name="home">Its directory; the databases are <c>fanout.db</c> and, once a limit was set, <c>limits.db</c> in it.</param>
    /// <param name="timeProvider">The clock that says whether a lease has expired; null: the system's.</param>
    /// <exception cref="StorageException">The home cannot be used: not a directory, not writable, full, damaged, or of a newer version.</exception>
    public static EmbeddedStorage Open(string home, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(home);
        var database = SqliteDatabase.Open(home);
        var time = timeProvider ?? TimeProvider.System;
        return new EmbeddedStorage(
            new SqliteStore(database), new SqliteRunCatalog(database, time), new SqliteLimitStore(home), database,
            rootId => database.ReadAsync(session => LeaseTable.FindOwner(session, rootId, time.GetUtcNow())));
    }

    /// <summary>A storage whose parts are elsewhere: the simulation's, which fail when it says so.</summary>
    internal static EmbeddedStorage Of(IEngineStore store, IRunCatalog catalog, ILimitStore limits) =>
        new(store, catalog, limits, null, static _ => Task.FromResult<string?>(null));

    /// <summary>A storage that lives as long as this object.</summary>
    /// <param name="timeProvider">The clock that says whether a lease has expired; null: the system's.</param>
    public static EmbeddedStorage InMemory(TimeProvider? timeProvider = null)
    {
        var store = new InMemoryStore();
        var time = timeProvider ?? TimeProvider.System;
        return new EmbeddedStorage(
            store, new InMemoryRunCatalog(store, time), new InMemoryLimitStore(), null,
            rootId => Task.FromResult(store.FindLease(rootId) is var (owner, expiresAt) && expiresAt > time.GetUtcNow() ? owner : null));
    }

    /// <summary>
    /// Who drives a root instance here, as leases name it (<see cref="ProcessOwner"/>): for a catalog that is kept elsewhere. Null: nobody, or it was
    /// lately somebody whose lease has run out.
    /// </summary>
    /// <exception cref="StorageException">The database cannot be read.</exception>
    public Task<string?> FindOwnerAsync(string rootId) => _findOwner(rootId);

    /// <summary>Finishes what is being written and closes it; engines over it must be stopped before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Limits is IAsyncDisposable limits)
            await limits.DisposeAsync().ConfigureAwait(false);
        if (_database is not null)
            await _database.DisposeAsync().ConfigureAwait(false);
    }
}
