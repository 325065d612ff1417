using Fanout.Conformance.Catalog;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Storage;
using Fanout.Embedded.Stores;
using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Catalog;

/// <summary>A catalog beside an engine's store: who holds a run's lease drives it.</summary>
public abstract class EmbeddedRunCatalogTests : RunCatalogContract
{
    private protected abstract EmbeddedStorage Storage { get; }

    protected override IRunCatalog Catalog => Storage.Catalog;

    [Fact]
    public async Task Owner_IsWhoHoldsTheLease()
    {
        Assert.Null(await Storage.FindOwnerAsync("a"));

        var owner = await DriveAsync("a");

        Assert.Equal(owner, await Storage.FindOwnerAsync("a"));
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await Storage.FindOwnerAsync("a"));
        ProcessOwner.Retire(owner);
    }

    protected override async Task<string> DriveAsync(string runId)
    {
        var owner = ProcessOwner.Create();
        var root = new NewInstance(new InstanceIdentity(runId, runId, "run", null), new ExecutionStarted(null), Now);
        await Storage.Store.CreateAsync(root, new LeaseClaim(owner, Now, Now.AddSeconds(5), ProcessOwner.IsDead));
        return owner;
    }
}

public sealed class InMemoryRunCatalogTests : EmbeddedRunCatalogTests
{
    public InMemoryRunCatalogTests() => Storage = EmbeddedStorage.InMemory(Time);

    private protected override EmbeddedStorage Storage { get; }
}

public sealed class SqliteRunCatalogTests : EmbeddedRunCatalogTests, IAsyncDisposable
{
    private readonly TempHome _home = new();

    public SqliteRunCatalogTests() => Storage = EmbeddedStorage.Open(_home.Path, Time);

    private protected override EmbeddedStorage Storage { get; }

    [Fact]
    public async Task ProgressInAFileOfTheFirstVersion_IsTheCoordinators()
    {
        using var home = new TempHome();
        await using (var old = SqliteDatabase.Open(home.Path, SqliteFile.Runs with { Migrations = [SqliteFile.Runs.Migrations[0]] }))
        {
            await old.WriteAsync(session => session.Execute(
                """
                INSERT INTO runs (id, spec, status, created_at, control, progress)
                VALUES ('a', '{}', 'Running', 1, '{"version":0,"paused":false}', '{"at":"2026-01-02T03:04:05Z","total":9,"succeeded":4}')
                """));
        }

        await using var storage = EmbeddedStorage.Open(home.Path, Time);

        var before = (await storage.Catalog.GetAsync("a", default))!.Progress!;
        Assert.Equal((9, 4), (before.Total, before.Succeeded));
        await storage.Catalog.SetProgressAsync("a", ProgressShard.Coordinator, new RunProgress { At = Now, Total = 9, Succeeded = 5 }, default);
        Assert.Equal(5, (await storage.Catalog.GetAsync("a", default))!.Progress!.Succeeded);
    }

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        _home.Dispose();
    }
}
