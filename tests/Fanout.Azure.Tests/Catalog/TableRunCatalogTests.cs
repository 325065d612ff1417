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

    [Fact]
    public async Task DrivenBy_IsTheHomesLeaseBeforeWhatIsWritten()
    {
        var (here, elsewhere) = (ProcessOwner.Create(), "elsewhere:7:1-abcdefgh-1:1");
        string? lease = here;
        var catalog = Open(3, new TableRunCatalogOptions { Owner = here, FindOwner = _ => Task.FromResult<string?>(lease) });
        await catalog.TryAddAsync(Runs.New("a"), default);
        await Open(4, new TableRunCatalogOptions { Owner = elsewhere }).SetProgressAsync("a", "", new RunProgress { At = Now }, default);

        Assert.Equal(ProcessOwner.Display(here), (await catalog.GetAsync("a", default))!.DrivenBy);
        lease = null;
        Assert.Equal("elsewhere:7", (await catalog.GetAsync("a", default))!.DrivenBy);
        ProcessOwner.Retire(here);
    }

    [Fact]
    public async Task DrivenBy_IsNobodyOnceThisProcessGaveItsLeaseBack()
    {
        var here = ProcessOwner.Create();
        string? lease = here;
        var catalog = Open(3, new TableRunCatalogOptions { Owner = here, FindOwner = _ => Task.FromResult<string?>(lease) });
        await catalog.TryAddAsync(Runs.New("a"), default);
        await catalog.SetProgressAsync("a", "", new RunProgress { At = Now }, default);
        lease = null;

        Assert.Null((await catalog.GetAsync("a", default))!.DrivenBy);
        ProcessOwner.Retire(here);
    }

    [Fact]
    public async Task LaneThatCounts_DrivesNothing()
    {
        var owner = ProcessOwner.Create();
        await Catalog.TryAddAsync(Runs.New("a"), default);

        await Open(3, new TableRunCatalogOptions { Owner = owner }).SetProgressAsync("a", "lane 0", new RunProgress { At = Now }, default);

        Assert.Null((await Catalog.GetAsync("a", default))!.DrivenBy);
        ProcessOwner.Retire(owner);
    }

    [Fact]
    public async Task ShardOfAnyName_IsItsOwn()
    {
        string[] names = ["lane 1", "lane=201", "lane/1", "läne#1", "a%20b", "a b", "LANE 1"];
        await Catalog.TryAddAsync(Runs.New("a"), default);

        foreach (var name in names)
            await Catalog.SetProgressAsync("a", name, new RunProgress { Succeeded = 1 }, default);

        Assert.Equal(names.Length, (await Catalog.GetAsync("a", default))!.Progress!.Succeeded);
    }

    protected override async Task<string> DriveAsync(string runId)
    {
        var owner = ProcessOwner.Create();
        await Open(2, new TableRunCatalogOptions { Owner = owner }).SetProgressAsync(runId, ProgressShard.Coordinator, new RunProgress { At = Now }, default);
        return owner;
    }

    private TableRunCatalog Open(int seed, TableRunCatalogOptions? options = null) => new(_hub, new ClockOver(Time), new Dice(seed).Next, options);
}
