using System.Text.Json;
using Fanout.Embedded.Storage;
using Fanout.Flow;
using Fanout.Runs;
using Fanout.Serialization;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Limits;

/// <summary>Limits in a home's file for them, which is not there until a limit is set, and not opened until one is asked for.</summary>
/// <param name="home">The home's directory.</param>
internal sealed class SqliteLimitStore(string home) : ILimitStore, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private SqliteDatabase? _database;
    private bool _isDisposed;

    public async Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken) =>
        HasLimits ? await Open().ReadAsync(session => session.Query("SELECT ledger FROM limits ORDER BY name", Read)) : [];

    public async Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken) =>
        HasLimits ? await Open().ReadAsync(session => Find(session, name)) : null;

    public async Task<T> UpdateAsync<T>(
        string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!HasLimits && change(null) is (null, var nothingDone))
            return nothingDone;
        var database = Open();
        var (result, isDefinition) = await database.WriteAsync(session => Update(session, name, change));
        if (isDefinition)
            await database.SyncAsync();
        return result;
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            return _database?.DisposeAsync() ?? ValueTask.CompletedTask;
        }
    }

    private bool HasLimits => _database is not null || File.Exists(Path.Combine(home, SqliteFile.Limits.Name));

    private SqliteDatabase Open()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _database ??= SqliteDatabase.Open(home, SqliteFile.Limits);
        }
    }

    /// <summary>Also says whether the limit itself changed, which is to last; who has what share of it is not.</summary>
    private static (T Result, bool IsDefinition) Update<T>(
        SqliteSession session, string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change)
    {
        var before = Find(session, name);
        var (after, result) = change(before);
        if (ReferenceEquals(before, after))
            return (result, false);
        if (after is null)
            session.Execute("DELETE FROM limits WHERE name = @0", name);
        else
            session.Execute(
                "INSERT INTO limits (name, ledger) VALUES (@0, @1) ON CONFLICT (name) DO UPDATE SET ledger = excluded.ledger",
                name,
                JsonSerializer.Serialize(after, FanoutJson.Options));
        return (result, before?.Limit != after?.Limit);
    }

    private static LimitLedger? Find(SqliteSession session, string name) =>
        session.Find("SELECT ledger FROM limits WHERE name = @0", Read, name);

    private static LimitLedger Read(SqliteDataReader row) => JsonSerializer.Deserialize<LimitLedger>(row.GetString(0), FanoutJson.Options)!;
}
