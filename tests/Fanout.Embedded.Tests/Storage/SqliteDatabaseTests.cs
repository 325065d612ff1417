using Fanout.Embedded.Storage;
using Xunit;

namespace Fanout.Embedded.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TempHome _home = new();

    [Fact]
    public async Task WritesThatWaitTogether_BecomeOneTransaction()
    {
        await using var database = SqliteDatabase.Open(_home.Path);
        using var held = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => held.Wait(TimeSpan.FromSeconds(30)));
        var waiting = Enumerable.Range(0, 100).Select(i => database.WriteAsync(session => Insert(session, i))).ToList();

        held.Set();
        await Task.WhenAll(waiting);

        Assert.True(await first);
        // One for the write that held the others up; the others may have begun to gather before it was taken.
        Assert.InRange(database.Transactions, 1, 2);
        Assert.Equal(100, await CountAsync(database));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    public async Task ATransaction_IsSyncedIfOneOfItsWritesIsToBe(bool one, bool other, bool synced)
    {
        const int Full = 2;
        var read = 0;
        await using var database = SqliteDatabase.Open(_home.Path);
        // From either state, twice over: the pragma is one of those that a prepared statement runs only once.
        foreach (var before in (bool[])[true, false, true, false])
        {
            await database.WriteAsync(session => Insert(session, 1), before);
            using var held = new ManualResetEventSlim();
            var begun = new TaskCompletionSource();
            var first = database.WriteAsync(
                _ =>
                {
                    begun.SetResult();
                    return held.Wait(TimeSpan.FromSeconds(30));
                },
                before);
            await begun.Task;
            var writes = ((bool[])[one, other]).Select(asked => database.WriteAsync(LevelOf, asked)).ToList();
            held.Set();
            await first;
            Assert.Equal([synced, synced], (await Task.WhenAll(writes)).Select(level => level == Full));
        }

        // Read anew each time: its answer, too, is made when it is prepared.
        long LevelOf(SqliteSession session) => session.Number($"PRAGMA synchronous -- {read++}");
    }

    [Fact]
    public async Task WriteThatFails_DoesNotSpoilThoseItWaitedWith()
    {
        await using var database = SqliteDatabase.Open(_home.Path);
        using var held = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => held.Wait(TimeSpan.FromSeconds(30)));
        var good = database.WriteAsync(session => Insert(session, 1));
        var bad = database.WriteAsync<int>(session =>
        {
            Insert(session, 2);
            throw new FormatException();
        });
        var alsoGood = database.WriteAsync(session => Insert(session, 3));

        held.Set();

        await first;
        await good;
        await alsoGood;
        await Assert.ThrowsAsync<FormatException>(() => bad);
        Assert.Equal(2, await CountAsync(database));
    }

    [Fact]
    public async Task ReaderAtTheSameTimeAsAWriter_SeesWhatIsCommitted()
    {
        await using var database = SqliteDatabase.Open(_home.Path);
        var seen = await database.WriteAsync(session =>
        {
            Insert(session, 1);
            return CountAsync(database).GetAwaiter().GetResult();
        });

        Assert.Equal(0, seen);
        Assert.Equal(1, await CountAsync(database));
    }

    [Fact]
    public async Task TwoObjectsOverOneFile_WriteInTurns()
    {
        await using var one = SqliteDatabase.Open(_home.Path);
        await using var other = SqliteDatabase.Open(_home.Path);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).WriteAsync(session => Insert(session, i)))));

        Assert.Equal(200, await CountAsync(one));
    }

    [Fact]
    public async Task ManyOpensAtOnce_CreateOneSchema()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SqliteDatabase.Open(_home.Path))));

        foreach (var database in opened)
        {
            await database.WriteAsync(session => Insert(session, 1));
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Dispose_FinishesWhatWaitsAndRefusesMore()
    {
        var database = SqliteDatabase.Open(_home.Path);
        var last = database.WriteAsync(session => Insert(session, 1));

        await database.DisposeAsync();

        Assert.Equal(1, await last);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(session => Insert(session, 2)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CountAsync(database));
        await using var reopened = SqliteDatabase.Open(_home.Path);
        Assert.Equal(1, await CountAsync(reopened));
    }

    [Fact]
    public async Task Dispose_LeavesNoFileOpen()
    {
        var database = SqliteDatabase.Open(_home.Path);
        await CountAsync(database);

        await database.DisposeAsync();

        // The last connection that closes takes the write-ahead log with it.
        Assert.Equal([_home.Database], Directory.GetFiles(_home.Path));
    }

    [Fact]
    public async Task MissingHome_IsCreated()
    {
        var home = Path.Combine(_home.Path, "new", "er");

        await SqliteDatabase.Open(home).DisposeAsync();

        Assert.True(File.Exists(Path.Combine(home, "fanout.db")));
    }

    public void Dispose() => _home.Dispose();

    private static int Insert(SqliteSession session, int value) => session.Execute(
        "INSERT INTO history (instance_id, sequence, event) VALUES ('test', (SELECT count(*) FROM history), @0)", value);

    private static Task<long> CountAsync(SqliteDatabase database) =>
        database.ReadAsync(session => session.Number("SELECT count(*) FROM history"));
}
