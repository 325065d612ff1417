using System.Text;
using CsCheck;
using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Results.Reading;

public sealed class ResultReaderTests : IDisposable
{
    private const string Run = "run";

    private static readonly ResultQuery All = new();

    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public Task AnyPartsInAnyOrder_AreReadInItemOrder() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 8], Gen.Int[0, int.MaxValue], Gen.Int[0, 400], Gen.Int[0, 400]).SampleAsync(async (items, parts, seed, from, to) =>
        {
            var random = new Random(seed);
            var run = $"run-{items}-{parts}-{seed}-{from}-{to}";
            var lines = Enumerable.Range(0, items).Where(_ => random.Next(10) > 0).Select(index => AnyLine(index, random)).ToList();
            var refs = await WritePartsAsync(run, lines, parts, random);
            var query = new ResultQuery(random.Next(2) == 0 ? null : [OutcomeStatus.Failed, OutcomeStatus.Cancelled], from, random.Next(2) == 0 ? null : to);

            var expected = lines.Where(line => line.Index >= query.From && line.Index < (query.To ?? long.MaxValue) && query.Status?.Contains(line.Status) != false).ToList();
            Assert.Equal(Encoding.UTF8.GetString(TestLines.ToBytes(expected)), await ReadRawAsync(run, refs, query));
            Assert.Equal(expected.Select(line => line with { Output = null }), (await ReadAsync(run, refs, query)).Select(line => line with { Output = null }));
            await _temporary.Store.DeleteRunAsync(run, CancellationToken.None);
        }, iter: 60, threads: 1);

    [Fact]
    public async Task LinesFarLongerThanAnyBuffer_AreReadWhole()
    {
        var lines = Enumerable.Range(0, 4).Reverse().Select(index => TestLines.Succeeded(index, $"\"{new string((char)('a' + index), 700_000 * index)}\"")).ToList();
        var part = await _temporary.AddPartAsync(Run, "part-0.jsonl", lines);
        Assert.Equal(Encoding.UTF8.GetString(TestLines.ToBytes(lines.OrderBy(line => line.Index))), await ReadRawAsync(Run, [part], All));
    }

    [Fact]
    public async Task StragglersFarOutOfOrder_AreReadInItemOrder()
    {
        var random = new Random(1);
        var prompt = Enumerable.Range(0, 20_000).Where(index => index % 100 != 7);
        var late = Enumerable.Range(0, 20_000).Where(index => index % 100 == 7).OrderBy(_ => random.Next());
        var lines = prompt.Concat(late).Select(index => TestLines.Succeeded(index)).ToList();
        var part = await _temporary.AddPartAsync(Run, "part-0.jsonl", lines);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(index => (long)index), (await ReadAsync(Run, [part], All)).Select(line => line.Index));
    }

    [Fact]
    public async Task BytesBehindTheCountedOnes_DoNotCount()
    {
        var part = await _temporary.AddPartAsync(Run, "part-0.jsonl", [TestLines.Succeeded(0)], """{"index":1,"status":"Succeeded","attempts":1,"durationMs":0}""" + "\n{\"ind");
        Assert.Equal([0L], (await ReadAsync(Run, [part], All)).Select(line => line.Index));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItemWithTwoOutcomes_IsReportedLoudly(bool inOnePart)
    {
        PartRef[] parts = inOnePart
            ? [await _temporary.AddPartAsync(Run, "part-a.jsonl", [TestLines.Succeeded(4), TestLines.Succeeded(5), TestLines.Succeeded(4)])]
            : [await _temporary.AddPartAsync(Run, "part-a.jsonl", [TestLines.Succeeded(3), TestLines.Succeeded(4)]), await _temporary.AddPartAsync(Run, "part-b.jsonl", [TestLines.Succeeded(4)])];
        var failure = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(Run, parts, All));
        Assert.Contains($"Item 4 of run 'run' has two outcomes, in parts 'part-a.jsonl' and '{parts[^1].Name}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedPart_IsNamed()
    {
        var part = await _temporary.AddPartAsync(Run, "part-0.jsonl", [TestLines.Succeeded(0), TestLines.Succeeded(1)]);
        async Task AssertDamagedAsync(PartRef damaged, string finding)
        {
            var failure = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(Run, [damaged], All));
            Assert.Contains($"Part 'part-0.jsonl' of run 'run' is damaged: it {finding}", failure.Message, StringComparison.Ordinal);
        }

        await AssertDamagedAsync(part with { Length = part.Length + 1 }, $"ends at byte {part.Length}");
        await AssertDamagedAsync(part with { Length = part.Length - 1 }, "has a last line without an end");
        await AssertDamagedAsync(part with { Items = 3 }, "holds 2 lines");
        await AssertDamagedAsync(part with { LastIndex = 0 }, "holds item 1");
        await File.WriteAllTextAsync(Path.Combine(_temporary.Root, Run, part.Name), new string('x', (int)part.Length - 1) + "\n");
        await AssertDamagedAsync(part, "has something else than a result line at byte 0");
    }

    [Fact]
    public async Task DamagedLine_IsNamed()
    {
        var part = await _temporary.AddPartAsync(Run, "part-0.jsonl", [TestLines.Succeeded(0)]);
        var path = Path.Combine(_temporary.Root, Run, part.Name);
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"attempts\"", "\"attempt\\s", StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(Run, [part], All));
        Assert.Contains("The line of item 0 in part 'part-0.jsonl' of run 'run' is damaged", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyPartsThatOverlap_AreOpenAtOnce()
    {
        var store = new OpenCountingStore(_temporary.Store);
        var parts = new List<PartRef>();
        for (var part = 0; part < 20; part++)
            parts.Add(await _temporary.AddPartAsync(Run, $"part-{part:d2}.jsonl", [TestLines.Succeeded((part * 2) + 1), TestLines.Succeeded(part * 2)]));
        var read = new List<long>();
        await foreach (var line in new ResultReader(store).ReadAsync(Run, parts, All))
            read.Add(line.Index);
        Assert.Equal(Enumerable.Range(0, 40).Select(index => (long)index), read);
        Assert.Equal((0, 1), (store.Open, store.MostOpen));
    }

    [Fact]
    public async Task ReaderThatStopsEarly_ClosesItsParts()
    {
        var store = new OpenCountingStore(_temporary.Store);
        var parts = new[] { await _temporary.AddPartAsync(Run, "a.jsonl", [TestLines.Succeeded(0), TestLines.Succeeded(2)]), await _temporary.AddPartAsync(Run, "b.jsonl", [TestLines.Succeeded(1), TestLines.Succeeded(3)]) };
        await foreach (var line in new ResultReader(store).ReadAsync(Run, parts, All))
        {
            if (line.Index == 1)
                break;
        }

        Assert.Equal((0, 2), (store.Open, store.MostOpen));
    }

    private static ResultLine AnyLine(int index, Random random) => random.Next(4) switch
    {
        0 => TestLines.Unsuccessful(index, OutcomeStatus.Failed),
        1 => TestLines.Unsuccessful(index, OutcomeStatus.Cancelled) with { Key = $"k\"\\{index}" },
        2 => TestLines.Unsuccessful(index, OutcomeStatus.TimedOut),
        _ => TestLines.Succeeded(index, $"\"{new string('x', random.Next(300))}\""),
    };

    /// <summary>Mostly contiguous ranges, with stragglers anywhere, nearly in order, with torn tails.</summary>
    private async Task<List<PartRef>> WritePartsAsync(string run, List<ResultLine> lines, int parts, Random random)
    {
        var groups = lines
            .GroupBy(line => random.Next(20) == 0 ? random.Next(parts) : (int)(line.Index * parts / (lines[^1].Index + 1)))
            .Select(group => group.OrderBy(line => line.Index + (random.Next(10) == 0 ? random.Next(500) : random.Next(16))).ToList());
        var refs = new List<PartRef>();
        foreach (var group in groups)
            refs.Add(await _temporary.AddPartAsync(run, $"part-{refs.Count}.jsonl", group, random.Next(2) == 0 ? "" : "{\"index\":0,\"status\":\"Succ\n{\"in"));
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(refs));
        return refs;
    }

    private async Task<List<ResultLine>> ReadAsync(string run, IReadOnlyList<PartRef> parts, ResultQuery query)
    {
        var lines = new List<ResultLine>();
        await foreach (var line in new ResultReader(_temporary.Store).ReadAsync(run, parts, query))
            lines.Add(line);
        return lines;
    }

    private async Task<string> ReadRawAsync(string run, IReadOnlyList<PartRef> parts, ResultQuery query)
    {
        var text = new StringBuilder();
        await foreach (var line in new ResultReader(_temporary.Store).ReadRawAsync(run, parts, query))
            text.Append(Encoding.UTF8.GetString(line.Span));
        return text.ToString();
    }
}
