using Fanout.Doctor;
using Fanout.Embedded.Inspection;
using Fanout.Embedded.Storage;
using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Inspection;

/// <summary>Looking into a home changes nothing, whoever has it open.</summary>
public sealed class HomeInspectionTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("fanout-inspection-");

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task HomeThatIsOpen_IsSeenAsItIsNow_AndCanBeWrittenAfterwards()
    {
        await using var storage = EmbeddedStorage.Open(_home.FullName);
        await storage.Catalog.TryAddAsync(Run("a"), CancellationToken.None);
        var seen = Look();
        Assert.Equal([new WaitingRun("a", Now, Paused: false)], seen.Runs!.Waiting);
        await storage.Catalog.TryAddAsync(Run("b"), CancellationToken.None);
        await storage.Catalog.SetStartedAsync("b", Now, CancellationToken.None);
        seen = Look();
        Assert.Equal(["b"], seen.Runs!.Interrupted.Select(run => run.Id));
        Assert.Equal((1, 1), (seen.Runs.ByStatus["Pending"], seen.Runs.ByStatus["Running"]));
        Assert.Equal(DatabaseIntegrity.Whole, Assert.Single(seen.Databases).Integrity);
    }

    [Fact]
    public async Task HomeThatNobodyHasOpen_IsLeftWithTheSameFiles()
    {
        await using (var storage = EmbeddedStorage.Open(_home.FullName))
            await storage.Catalog.TryAddAsync(Run("a"), CancellationToken.None);
        var before = Files();
        Assert.Equal(DatabaseIntegrity.Whole, Assert.Single(Look().Databases).Integrity);
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task WithoutTime_ItSaysThatItDidNotSeeAll()
    {
        await using (var storage = EmbeddedStorage.Open(_home.FullName))
            await storage.Catalog.TryAddAsync(Run("a"), CancellationToken.None);
        var seen = HomeInspection.Look(_home.FullName, isNamed: true, TimeSpan.Zero, Now, CancellationToken.None);
        Assert.Equal(DatabaseIntegrity.Unfinished, Assert.Single(seen.Databases).Integrity);
        Assert.Equal(["a"], seen.Runs!.Waiting.Select(run => run.Id));
    }

    [Fact]
    public async Task AnEarlierVersion_IsRead_AndNotBroughtUpToDate()
    {
        var first = new SqliteFile("fanout.db", [SqliteFile.Runs.Migrations[0]], SyncsEveryCommit: true);
        await using (var database = SqliteDatabase.Open(_home.FullName, first))
        {
            await database.WriteAsync(session => session.Execute(
                "INSERT INTO runs (id, spec, status, created_at, control) VALUES ('old', '{}', 'Pending', @0, '{\"version\":0,\"paused\":true}')", Now.UtcTicks));
        }

        var seen = Look();
        Assert.Equal((1, SqliteFile.Runs.Migrations.Count), (Assert.Single(seen.Databases).Schema, seen.Databases[0].KnownSchema));
        Assert.Equal([new WaitingRun("old", Now, Paused: true)], seen.Runs!.Waiting);
        Assert.Equal(1, Assert.Single(Look().Databases).Schema);
    }

    [Fact]
    public async Task LeaseOfALivingProcess_IsNoLeftover()
    {
        await using var storage = EmbeddedStorage.Open(_home.FullName);
        await storage.Catalog.TryAddAsync(Run("a"), CancellationToken.None);
        await using (var database = SqliteDatabase.Open(_home.FullName))
        {
            var owner = ProcessOwner.Create();
            await database.WriteAsync(session => session.Execute(
                "INSERT INTO leases (root_id, owner, epoch, expires_at) VALUES ('a', @0, 1, @1), ('gone', 'elsewhere:1:2:3', 1, 5)", owner, Now.AddDays(1).UtcTicks));
            var seen = Look().Runs!;
            Assert.Equal((1, 0), (seen.LeasesLeftBehind, seen.Waiting.Count));
            Assert.Equal(1, seen.Drivers[ProcessOwner.Display(owner)]);
            ProcessOwner.Retire(owner);
            Assert.Equal(2, Look().Runs!.LeasesLeftBehind);
        }
    }

    private HomeReport Look() => HomeInspection.Look(_home.FullName, isNamed: true, HomeInspection.DefaultPatience, Now, CancellationToken.None);

    private static RunRecord Run(string id) => new() { Id = id, SpecJson = "{}", CreatedAt = Now };

    private string[] Files() => [.. _home.EnumerateFiles().Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc:O}").Order(StringComparer.Ordinal)];
}
