using System.Text;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class TextScanTests
{
    private const string Bom = "\uFEFF";

    internal static readonly Gen<string> GenText = Gen.Select(
        Gen.OneOf("", Bom),
        Gen.OneOf("\n", "\r\n", "\r", "a", "{\"b\":1}", " ", "\t", "é", "0123456789012345678901234567890123456789").Array[0, 30].Select(string.Concat),
        (bom, text) => bom + text);

    [Fact]
    public async Task AnyText_InPartsOfAnySize_HasTheIndexAndTheItemsOfOneScan()
    {
        var gen = Gen.Select(GenText, Gen.Int[1, 100], Gen.Int[1, 20], Gen.Int[1, 40], Gen.Int[1, 9], Gen.Bool);
        await gen.SampleAsync(
            async (text, part, block, cell, entries, isJsonl) =>
            {
                var settings = new ScanSettings { BlockBytes = block, CellBytes = cell, MaxIndexEntries = entries, MaxItemBytes = 30 };
                var path = new BlobPath(null, "texts", "a");
                FileSourceSpec spec = isJsonl ? new JsonlSourceSpec { Path = $"{path}", MaxItemBytes = 30 } : new LinesSourceSpec { Path = $"{path}", MaxItemBytes = 30 };
                var remote = new MemoryRemote(Encoding.UTF8.GetBytes(text));

                var (whole, whatIsOne) = await PlanAndReadAsync(spec, remote, settings);
                var (parts, whatIsMany) = await PlanAndReadAsync(spec, remote, settings with { PartBytes = part });
                Assert.Equal(whole, parts);
                Assert.Equal(whatIsOne, whatIsMany);
            },
            iter: 1_000,
            threads: 1);
    }

    [Fact]
    public async Task PartsOfLongLines_AreNotReadMuchMoreThanOnce()
    {
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => new string('x', i * 37) + "\n"));
        var remote = new MemoryRemote(Encoding.UTF8.GetBytes(text));
        var ranges = new RangeSettings { FirstBytes = 64, UnexpectedBytes = 64, LargestBytes = 256 };
        var settings = new ScanSettings { BlockBytes = 64, PartBytes = 1_000, Ranges = ranges };
        var source = SourceReading.Factory(settings, remote: remote).Create(new LinesSourceSpec { Path = "blob://texts/a" });
        Assert.Equal(200, (await source.Plan(new MemoryWorkspace())).ItemCount);
        Assert.InRange(remote.BytesRead, text.Length, 3L * text.Length);
    }

    [Theory]
    [InlineData(0, 0, 10, "0-0")]
    [InlineData(3, 3, 10, "3-3")]
    [InlineData(0, 10, 10, "0-10")]
    [InlineData(0, 11, 10, "0-10 10-11")]
    [InlineData(3, 24, 7, "3-10 10-17 17-24")]
    public void Parts_CoverTheTextOnce(long start, long end, long partBytes, string expected) =>
        Assert.Equal(expected, string.Join(' ', TextParts.Split(start, end, partBytes).Select(p => $"{p.Start}-{p.End}")));

    private static async Task<(byte[] Index, List<ReadItem> Items)> PlanAndReadAsync(SourceSpec spec, MemoryRemote remote, ScanSettings settings)
    {
        var source = SourceReading.Factory(settings, remote: remote).Create(spec);
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        using var index = new MemoryStream();
        await workspace.OpenRead(WorkspaceFiles.Index).CopyToAsync(index);
        return (index.ToArray(), await source.Read(plan, workspace, 0, plan.ItemCount));
    }
}
