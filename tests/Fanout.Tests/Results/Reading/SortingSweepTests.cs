using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Results.Reading;

public sealed class SortingSweepTests : IDisposable
{
    private const string Run = "run";

    // More than may be open at once, each with items from all over.
    private const int Parts = ResultSweep.MaxOpenParts + 20;
    private const int Items = 4_000;

    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task ManyPartsThatOverlap_AreReadInItemOrderOneOpenAtATime()
    {
        var store = new OpenCountingStore(_temporary.Store);
        var parts = await WriteAsync();
        Assert.Equal(Enumerable.Range(0, Items).Select(i => (long)i), await ReadAsync(store, parts, new ResultQuery()));
        Assert.Equal((0, 1), (store.Open, store.MostOpen));
        Assert.Equal(Enumerable.Range(100, 50).Where(i => i % 7 == 0).Select(i => (long)i), await ReadAsync(store, parts, new ResultQuery([OutcomeStatus.Failed], 100, 150)));
        AssertNoScratch();
    }

    [Fact]
    public async Task ReaderThatStopsEarly_LeavesNothingBehind()
    {
        var parts = await WriteAsync();
        await foreach (var line in new ResultReader(_temporary.Store).ReadAsync(Run, parts, new ResultQuery()))
        {
            if (line.Index == 10)
                break;
        }

        AssertNoScratch();
    }

    [Fact]
    public async Task ItemWithTwoOutcomes_IsReportedLoudly()
    {
        var parts = await WriteAsync();
        parts.Add(await _temporary.AddPartAsync(Run, "part-twice.jsonl", [TestLines.Succeeded(3), TestLines.Succeeded(Items)]));
        var failure = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(_temporary.Store, parts, new ResultQuery()));
        Assert.Contains("Item 3 of run 'run' has two outcomes, in parts ", failure.Message, StringComparison.Ordinal);
        AssertNoScratch();
    }

    private static async Task<List<long>> ReadAsync(IResultStore store, IReadOnlyList<PartRef> parts, ResultQuery query)
    {
        var read = new List<long>();
        await foreach (var line in new ResultReader(store).ReadAsync(Run, parts, query))
            read.Add(line.Index);
        return read;
    }

    private void AssertNoScratch() => Assert.All(Directory.EnumerateFiles(Path.Combine(_temporary.Root, Run)), path => Assert.EndsWith(".jsonl", path, StringComparison.Ordinal));

    private async Task<List<PartRef>> WriteAsync()
    {
        var random = new Random(5);
        var parts = new List<PartRef>();
        var lines = Enumerable.Range(0, Items).Select(index => index % 7 == 0 ? TestLines.Unsuccessful(index, OutcomeStatus.Failed) : TestLines.Succeeded(index)).ToArray();
        random.Shuffle(lines);
        foreach (var chunk in lines.Chunk((Items + Parts - 1) / Parts))
            parts.Add(await _temporary.AddPartAsync(Run, $"part-{parts.Count}.jsonl", chunk));
        return parts;
    }
}
