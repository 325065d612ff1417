using Fanout.Azure.Tests.Support;
using Fanout.Azure.Tests.Tables;
using Fanout.Runs;
using Xunit;

namespace Fanout.Azure.Tests.Catalog;

/// <summary>A process that dies between any two operations leaves a catalog that says the same however it is asked, and what it was at can be done again.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class TableCatalogCrashTests : IAsyncLifetime
{
    private readonly ScriptedTransport _transport = new();
    private TableRunCatalog _dies = null!;
    private TableRunCatalog _catalog = null!;

    public async Task InitializeAsync()
    {
        var hub = (await Azurite.SharedAsync()).NewHub(options => options with { Transport = _transport, MaxAttempts = 1 });
        _catalog = new TableRunCatalog(hub, TimeProvider.System, new Dice(1).Next);
        _dies = new TableRunCatalog(hub, TimeProvider.System, new Dice(2).Next);
        Assert.Null(await _catalog.GetAsync("a", default));
        Assert.Null(await _dies.GetAsync("a", default));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public Task Add() => CrashEverywhereAsync(
        prepare: _ => Task.CompletedTask,
        act: (catalog, id) => catalog.TryAddAsync(Large(id), default),
        check: async id => Assert.Equal(Large(id).SpecJson, (await _catalog.GetAsync(id, default))!.SpecJson));

    [Fact]
    public Task Complete() => CrashEverywhereAsync(
        prepare: async id =>
        {
            await _catalog.TryAddAsync(Large(id), default);
            await _catalog.SetProgressAsync(id, "lane 0", new RunProgress { Succeeded = 1 }, default);
        },
        act: (catalog, id) => catalog.CompleteAsync(id, Runs.Report(id) with { Message = new string('m', 5_000) }, default),
        check: async id =>
        {
            var run = (await _catalog.GetAsync(id, default))!;
            Assert.Equal((RunStatus.Succeeded, 1), (run.Status, run.Progress!.Succeeded));
            Assert.Equal(id, Assert.Single(await _catalog.ListAsync(new RunQuery([RunStatus.Succeeded]), default)).Id);
        });

    [Fact]
    public Task Delete() => CrashEverywhereAsync(
        prepare: async id =>
        {
            await _catalog.TryAddAsync(Large(id), default);
            await _catalog.CompleteAsync(id, Runs.Report(id), default);
        },
        act: (catalog, id) => catalog.DeleteAsync(id, default),
        check: async id => Assert.Null(await _catalog.GetAsync(id, default)));

    private async Task CrashEverywhereAsync(Func<string, Task> prepare, Func<TableRunCatalog, string, Task> act, Func<string, Task> check)
    {
        var died = true;
        for (var operations = 0; died; operations++)
        {
            var id = $"run-{operations}";
            await prepare(id);
            died = await DiesAfterAsync(operations, () => act(_dies, id));
            Assert.Equal(await _catalog.GetAsync(id, default) is not null, await ListsAsync(id));

            await act(_catalog, id);

            await check(id);
            Assert.Equal(await _catalog.GetAsync(id, default) is not null, await ListsAsync(id));
            await _catalog.DeleteAsync(id, default);
            Assert.False(await ListsAsync(id));
            Assert.InRange(operations, 0, 20);
        }
    }

    private async Task<bool> ListsAsync(string id)
    {
        var listed = await _catalog.ListAsync(new RunQuery(), default);
        if (listed.Count > 0)
            Assert.Equivalent(await _catalog.GetAsync(id, default), Assert.Single(listed, run => run.Id == id), strict: true);
        return listed.Count > 0;
    }

    private async Task<bool> DiesAfterAsync(int operations, Func<Task> act)
    {
        var left = operations;
        var died = false;
        _transport.Script = _ =>
        {
            died |= left == 0;
            return left-- > 0 ? Fate.Answered : Fate.Fails;
        };
        await Record.ExceptionAsync(act);
        _transport.Script = null;
        return died;
    }

    private static RunRecord Large(string id) => Runs.New(id) with { SpecJson = $"{{\"a\":\"{new string('s', 5_000)}\"}}" };
}
