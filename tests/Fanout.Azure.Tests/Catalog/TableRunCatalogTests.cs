using Fanout.Azure.Tests.Support;
using Fanout.Azure.Tests.Tables;
using Fanout.Conformance.Catalog;
using Fanout.Runs;
using Xunit;

namespace Fanout.Azure.Tests.Catalog;

[Trait("Category", Categories.Azurite)]
public sealed class TableRunCatalogTests : RunCatalogContract, IAsyncLifetime
{
    private AzureStorage _hub = null!;
    private TableRunCatalog _catalog = null!;

    protected override IRunCatalog Catalog => _catalog;

    public async Task InitializeAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub();
        _catalog = Open(1);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    protected override async Task<string> DriveAsync(string runId)
    {
        var owner = ProcessOwner.Create();
        await Open(2, new TableRunCatalogOptions { Owner = owner }).SetProgressAsync(runId, ProgressShard.Coordinator, new RunProgress { At = Now }, default);
        return owner;
    }

    private TableRunCatalog Open(int seed, TableRunCatalogOptions? options = null) => new(_hub, new ClockOver(Time), new Dice(seed).Next, options);
}
