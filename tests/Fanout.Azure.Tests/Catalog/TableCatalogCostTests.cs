using System.Globalization;
using Azure.Data.Tables;
using Fanout.Azure.Catalog;
using Fanout.Azure.Tests.Support;
using Fanout.Azure.Tests.Tables;
using Fanout.Runs;
using Xunit;

namespace Fanout.Azure.Tests.Catalog;

/// <summary>How many operations it takes, and how large rows are.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class TableCatalogCostTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ScriptedTransport _transport = new();
    private AzureStorage _hub = null!;
    private TableRunCatalog _catalog = null!;

    public async Task InitializeAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub(options => options with { Transport = _transport });
        _catalog = new TableRunCatalog(_hub, TimeProvider.System, new Dice().Next);
        await _catalog.TryAddAsync(Runs.New("a"), default);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Look_IsOneOperation_HoweverManyLanesWorkTheRun()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(lane => _catalog.SetProgressAsync(
            "a", ProgressShard.OfLane(lane), new RunProgress { At = Start, Succeeded = 1 }, default)));

        RunRecord? run = null;
        Assert.Equal(1, await _transport.CountAsync(async () => run = await _catalog.GetAsync("a", default)));
        Assert.Equal(200, run!.Progress!.Succeeded);
        Assert.Equal(1, await _transport.CountAsync(() => _catalog.GetControlAsync("a", default)));
    }

    [Fact]
    public async Task EachChange_IsAHandfulOfOperations()
    {
        await _catalog.SetProgressAsync("a", "", new RunProgress(), default);

        Assert.Equal(4, await _transport.CountAsync(() => _catalog.TryAddAsync(Runs.New("b"), default)) + 1);
        Assert.Equal(1, await _transport.CountAsync(() => _catalog.SetProgressAsync("a", "", new RunProgress(), default)));
        Assert.Equal(2, await _transport.CountAsync(() => _catalog.SetStartedAsync("a", Start, default)));
        Assert.Equal(2, await _transport.CountAsync(() => _catalog.UpdateControlAsync("a", control => control with { Paused = true }, default)));
        Assert.Equal(5, await _transport.CountAsync(() => _catalog.CompleteAsync("a", Runs.Report("a"), default)));
        Assert.Equal(5, await _transport.CountAsync(() => _catalog.DeleteAsync("a", default)));
    }

    [Fact]
    public async Task LargeTexts_AreInBlobs_AndNoRowIsOver16KiB()
    {
        var spec = $$"""{ "handler": { "name": "noop", "options": { "text": "{{new string('é', 20_000)}}" } } }""";
        var errors = Enumerable.Range(0, 32).Select(i => new ErrorGroup("T", $"{i}", 1, i, new string('e', 2_000))).ToList();
        var message = new string('m', 5_000);
        await _catalog.TryAddAsync(Runs.New("large") with { SpecJson = spec }, default);
        await _catalog.UpdateControlAsync("large", control => control with { Message = message }, default);
        var report = Runs.Report("large") with { Tally = new Tally { Failed = 32, Errors = errors } };
        await _catalog.CompleteAsync("large", report, default);

        foreach (var run in new[] { (await _catalog.GetAsync("large", default))!, (await _catalog.ListAsync(new RunQuery(), default)).Single(run => run.Id == "large") })
        {
            Assert.Equal(spec, run.SpecJson);
            Assert.Equal(message, run.Control.Message);
            Assert.Equivalent(report.Tally, run.Report!.Tally, strict: true);
        }

        Assert.Equal(message, (await _catalog.GetControlAsync("large", default))!.Message);
        Assert.InRange(await Rows.LargestAsync(_hub.Table("Runs")), 1, AzureStorage.MaxInlineBytes);

        await _catalog.DeleteAsync("large", default);
        await foreach (var blob in _hub.Container.GetBlobsAsync())
            Assert.Fail(blob.Name);
        Assert.Single(await _hub.Table("Runs").QueryAsync<TableEntity>(row => row.PartitionKey == "~runs").ToListAsync());
    }

    [Fact]
    public async Task FullInlineTexts_KeepTheRowBelow16KiB()
    {
        await _catalog.TryAddAsync(Runs.New("full") with { SpecJson = $"{{\"a\":\"{new string('s', 2_490)}\"}}" }, default);
        await _catalog.UpdateControlAsync("full", control => control with { Message = new string('m', 950) }, default);
        await _catalog.SetProgressAsync("full", "", new RunProgress { WaitingFor = new string('w', 700) }, default);
        for (var i = 0; i < 20; i++)
            await _catalog.UpdateControlAsync("full", control => control with { Concurrency = i + 1 }, default);
        await _catalog.CompleteAsync("full", Runs.Report("full") with { Message = new string('r', 2_100) }, default);

        Assert.InRange(await Rows.LargestAsync(_hub.Table("Runs")), 10_000, AzureStorage.MaxInlineBytes);
    }

    [Fact]
    public async Task ManyRuns_AreListedInPages_EachAFewOperations()
    {
        const int Count = 2_500;
        await _catalog.DeleteAsync("a", default);
        // Of those that have ended, but for the last of a page, nothing but the index is looked at: one row each will do.
        var rows = new RunRow(new ClaimChecks(_hub));
        List<TableTransactionAction> entries = [];
        for (var i = 0; i < Count; i++)
        {
            var run = Runs.New(IdOf(i)) with { CreatedAt = Start.AddSeconds(i / 2) };
            if (i % 100 == 7 || i % 500 == 0)
                await _catalog.TryAddAsync(run, default);
            if (i % 500 == 0)
                await _catalog.CompleteAsync(run.Id, Runs.Report(run.Id), default);
            else if (i % 100 != 7)
                entries.Add(new(TableTransactionActionType.Add, RunIndex.EndedEntry(await rows.WriteAsync(run with { Report = Runs.Report(run.Id) }, default), null)));
        }

        foreach (var some in entries.Chunk(100))
            await _hub.Table("Runs").SubmitTransactionAsync(some);

        List<string> listed = [];
        string? after = null;
        var operations = await _transport.CountAsync(async () =>
        {
            while (await _catalog.ListAsync(new RunQuery(After: after, Limit: 1_000), default) is { Count: > 0 } page)
            {
                listed.AddRange(page.Select(run => run.Id));
                after = page[^1].Id;
            }
        });

        Assert.Equal(Enumerable.Range(0, Count).Reverse().Select(IdOf), listed);
        // A page and where it begins, and the 25 that have not ended.
        Assert.InRange(operations, 25, 25 + 8);

        var open = await _catalog.ListAsync(new RunQuery([RunStatus.Pending], Limit: 10), default);
        Assert.Equal(Enumerable.Range(15, 10).Reverse().Select(i => IdOf((i * 100) + 7)), open.Select(run => run.Id));

        static string IdOf(int i) => i.ToString("D4", CultureInfo.InvariantCulture);
    }
}
