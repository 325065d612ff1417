using Fanout.Embedded.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Fanout.Embedded.Tests.Storage;

public sealed class SqliteErrorsTests : IDisposable
{
    private readonly TempHome _home = new();

    [Fact]
    public void HomeThatIsAFile_IsNamedAsSuch()
    {
        var file = Path.Combine(_home.Path, "file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(file));

        Assert.StartsWith($"{file}: this is a file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HomeBelowAFile_CannotBeCreated()
    {
        var file = Path.Combine(_home.Path, "file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(Path.Combine(file, "below")));

        Assert.Contains("cannot be created", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DirectoryInPlaceOfTheDatabase_CannotBeOpened()
    {
        Directory.CreateDirectory(_home.Database);

        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_home.Path));

        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatIsNoDatabase_IsRefusedAndLeftAlone()
    {
        File.WriteAllText(_home.Database, new string('x', 10_000));

        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_home.Path));

        Assert.Contains("not a Fanout database", error.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 10_000), File.ReadAllText(_home.Database));
    }

    [Fact]
    public async Task DamagedDatabase_SaysSo()
    {
        await using (var database = SqliteDatabase.Open(_home.Path))
            await database.WriteAsync(session => session.Execute("INSERT INTO leases VALUES ('a', 'b', 1, 1)"));
        // The header stays; every page after the first is overwritten.
        var bytes = File.ReadAllBytes(_home.Database);
        bytes.AsSpan(4096).Fill(0xAB);
        File.WriteAllBytes(_home.Database, bytes);

        await using var damaged = SqliteDatabase.Open(_home.Path);
        var error = await Assert.ThrowsAsync<StorageException>(() => damaged.ReadAsync(session => session.Number("SELECT count(*) FROM leases")));

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewerDatabase_IsRefused()
    {
        await SqliteDatabase.Open(_home.Path).DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={_home.Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_home.Path));

        Assert.Contains("newer version of Fanout (schema 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseOfTheFirstVersion_IsBroughtToThisOneWithItsRuns()
    {
        var first = SqliteFile.Runs with { Migrations = [SqliteFile.Runs.Migrations[0]] };
        await using (var old = SqliteDatabase.Open(_home.Path, first))
        {
            await old.WriteAsync(session => session.Execute(
                "INSERT INTO runs (id, spec, status, created_at, control) VALUES ('a', '{}', 'Pending', 1, '{\"version\":0}')"));
        }

        await using var storage = EmbeddedStorage.Open(_home.Path);

        var run = await storage.Catalog.GetAsync("a", CancellationToken.None);
        Assert.Equal(("a", null), (run!.Id, run.Announcement));
    }

    [Fact]
    public async Task FullDisk_FailsTheWriteAndLosesNothing()
    {
        await using var database = SqliteDatabase.Open(_home.Path);
        await LimitPagesAsync(database, 0);

        var error = await Assert.ThrowsAsync<StorageException>(() => database.WriteAsync(Fill));
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);

        await LimitPagesAsync(database, 1_000_000);
        await database.WriteAsync(Fill);
        Assert.Equal(200, await database.ReadAsync(session => session.Number("SELECT count(*) FROM history")));
    }

    [Fact]
    public async Task WriterThatNeverLetsGo_IsNamedAsTheCause()
    {
        await using var database = SqliteDatabase.Open(_home.Path, TimeSpan.FromMilliseconds(100));
        using var other = new SqliteConnection($"Data Source={_home.Database};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction(deferred: false);

        var error = await Assert.ThrowsAsync<StorageException>(() => database.WriteAsync(Fill));

        Assert.Contains("locked", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private static int Fill(SqliteSession session)
    {
        for (var i = 0; i < 200; i++)
            session.Execute("INSERT INTO history VALUES ('fill', @0, @1)", i, new string('x', 1_000));
        return 200;
    }

    /// <summary>At most so many pages more than there are, by which SQLite reports a full disk.</summary>
    private static Task<long> LimitPagesAsync(SqliteDatabase database, int more) => database.WriteAsync(session =>
        session.Number($"PRAGMA max_page_count = {session.Number("PRAGMA page_count") + more}"));
}
