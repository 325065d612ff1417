using Fanout.Conformance.Limits;
using Fanout.Embedded.Limits;
using Fanout.Embedded.Storage;
using Fanout.Flow;
using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Limits;

public sealed class InMemoryLimitStoreTests : LimitStoreContract
{
    protected override ILimitStore Store { get; } = new InMemoryLimitStore();
}

public sealed class SqliteLimitStoreTests : LimitStoreContract, IAsyncDisposable
{
    private readonly TempHome _home = new();
    private readonly SqliteLimitStore _store;

    public SqliteLimitStoreTests() => _store = new SqliteLimitStore(_home.Path);

    protected override ILimitStore Store => _store;

    private string File => Path.Combine(_home.Path, "limits.db");

    [Fact]
    public async Task TwoStoresOnOneHome_SeeEachOthersChanges()
    {
        await using var other = new SqliteLimitStore(_home.Path);
        Assert.Empty(await other.ListAsync(default));
        await SetAsync("a", 1);
        Assert.Equal(1, (await other.GetAsync("a", default))!.Limit.Concurrency);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => IncrementAsync(i % 2 == 0 ? Store : other))));

        Assert.Equal(101, (await Store.GetAsync("a", default))!.Limit.Concurrency);
        Assert.Equal(101, (await other.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task HomeWithoutLimits_GetsNoFile()
    {
        Assert.Empty(await Store.ListAsync(default));
        Assert.Null(await Store.GetAsync("a", default));
        await Store.UpdateAsync("a", ledger => (ledger, true), default);

        Assert.Empty(Directory.GetFiles(_home.Path));
    }

    [Fact]
    public async Task Limit_OutlivesTheStore()
    {
        await SetAsync("a", 1);
        await _store.DisposeAsync();
        Assert.Equal([File], Directory.GetFiles(_home.Path));

        await using var reopened = new SqliteLimitStore(_home.Path);

        Assert.Equal(1, (await reopened.GetAsync("a", default))!.Limit.Concurrency);
    }

    [Fact]
    public async Task ChangeOfALimit_IsInTheSyncedFile_OfAShareNeedNotBe()
    {
        await SetAsync("a", 1);
        var afterLimit = await CopyWithoutLogAsync();
        await Store.UpdateAsync("a", ledger => (ledger! with { Holdings = Crm.Holdings }, true), default);
        var afterShare = await CopyWithoutLogAsync();
        await IncrementAsync(Store);
        var afterNextLimit = await CopyWithoutLogAsync();

        Assert.Equal((1, 0), (afterLimit!.Limit.Concurrency, afterLimit.Holdings.Count));
        Assert.Equal((1, 0), (afterShare!.Limit.Concurrency, afterShare.Holdings.Count));
        Assert.Equal((2, 2), (afterNextLimit!.Limit.Concurrency, afterNextLimit.Holdings.Count));
    }

    [Fact]
    public async Task FileThatIsNoDatabase_IsRefusedByName()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 4_096));

        var refused = await Assert.ThrowsAsync<StorageException>(() => Store.ListAsync(default));

        Assert.Contains("limits.db: this is not a Fanout database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileOfANewerVersion_IsRefused()
    {
        await SetAsync("a", 1);
        await using (var database = SqliteDatabase.Open(_home.Path, SqliteFile.Limits))
            await database.WriteAsync(session => session.Execute("PRAGMA user_version = 99"));
        await using var store = new SqliteLimitStore(_home.Path);

        var refused = await Assert.ThrowsAsync<StorageException>(() => store.GetAsync("a", default));

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposedStore_RefusesMore()
    {
        await SetAsync("a", 1);
        await _store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Store.GetAsync("a", default));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _home.Dispose();
    }

    /// <summary>What would be there if the write-ahead log were lost.</summary>
    private async Task<LimitLedger?> CopyWithoutLogAsync()
    {
        using var copy = new TempHome();
        System.IO.File.Copy(File, Path.Combine(copy.Path, "limits.db"));
        await using var store = new SqliteLimitStore(copy.Path);
        return await store.GetAsync("a", default);
    }
}
