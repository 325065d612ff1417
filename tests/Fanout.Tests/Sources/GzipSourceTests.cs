using System.IO.Compression;
using System.Text;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class GzipSourceTests : SourceContract
{
    protected override Gen<string> GenItem => Texts.Line;

    private string File => Directory["source.gz"];

    protected override SourceSpec Arrange(IReadOnlyList<string> items)
    {
        Directory.Write("source.gz", Compress(string.Concat(items.Select(i => i + "\n"))));
        return new LinesSourceSpec { Path = File };
    }

    [Fact]
    public async Task ChangeOfTheOriginalAfterPlanning_IsOfNoConsequence()
    {
        var (source, plan, workspace) = await Planned(10);
        System.IO.File.Delete(File);
        await source.VerifyAsync(plan, workspace, CancellationToken.None);
        Assert.Equal(10, (await source.Read(plan, workspace, 0, 10)).Count);
    }

    [Fact]
    public async Task LostOrCutCopy_IsRefused()
    {
        var (source, plan, workspace) = await Planned(10);
        workspace.Replace(WorkspaceFiles.Decompressed, [1]);
        await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        workspace.Delete(WorkspaceFiles.Decompressed);
        await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None));
    }

    [Fact]
    public async Task SeveralMembers_AreOneText()
    {
        var spec = new LinesSourceSpec { Path = Directory.Write("source.gz", [.. Compress("a\nb"), .. Compress("c\nd\n")]) };
        Assert.Equal(["a", "bc", "d"], await SourceReading.Values(spec));
    }

    [Fact]
    public async Task EveryKindOfFile_MayBeCompressed()
    {
        Assert.Equal(["1"], await SourceReading.Values(new JsonlSourceSpec { Path = Directory.Write("a.jsonl.gz", Compress("\n1\n")) }));
        Assert.Equal(["1"], await SourceReading.Values(new JsonSourceSpec { Path = Directory.Write("a.json.GZ", Compress("[1]")) }));
        Assert.Equal(["""{"a":"1"}"""], await SourceReading.Values(new CsvSourceSpec { Path = Directory.Write("a.csv.gz", Compress("\uFEFFa\n1\n")) }));
    }

    [Fact]
    public async Task WhatIsNotGzip_IsRefused() => await AssertDamaged(Encoding.UTF8.GetBytes("plain text"));

    [Fact]
    public async Task FileThatIsCutOffAnywhere_IsRefused()
    {
        var bytes = Compress("a\nb\nc\n");
        // Nothing at all is what .NET itself compresses an empty text to.
        for (var length = 1; length < bytes.Length; length++)
            await AssertDamaged(bytes[..length]);
        bytes = Compress(string.Concat(Enumerable.Range(0, 100_000)));
        await AssertDamaged(bytes[..(bytes.Length / 2)]);
        await AssertDamaged(bytes[..^1]);
    }

    [Fact]
    public async Task LongFile_IsReadToItsEnd()
    {
        var lines = Enumerable.Range(0, 200_000).Select(i => $"line {i * 7919L % 1_000_003}").ToArray();
        var spec = new LinesSourceSpec { Path = Directory.Write("source.gz", Compress(string.Join('\n', lines))) };
        Assert.Equal(lines, await SourceReading.Values(spec));
    }

    [Theory]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    public async Task FileThatEndsAtABlockBorder_IsReadToItsEnd(int fileBytes)
    {
        // Stored, not compressed, so that its length can be chosen: what gzip adds to one block is always the same.
        var added = Store(1000).Length - 1000;
        var bytes = Store(fileBytes - added);
        Assert.Equal(fileBytes, bytes.Length);
        var items = await SourceReading.ReadAll(new LinesSourceSpec { Path = Directory.Write("source.gz", bytes) });
        Assert.Equal(fileBytes - added, Assert.Single(items).Value.Length);
    }

    [Fact]
    public async Task FileWithAFlippedBit_IsRefused()
    {
        var bytes = Compress(string.Concat(Enumerable.Range(0, 1000)));
        bytes[^6] ^= 1; // of the checksum
        await AssertDamaged(bytes);
    }

    internal static byte[] Compress(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    private static byte[] Store(int length)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.NoCompression))
            gzip.Write(Encoding.UTF8.GetBytes(new string('x', length)));
        return bytes.ToArray();
    }

    private async Task AssertDamaged(byte[] bytes)
    {
        var spec = new LinesSourceSpec { Path = Directory.Write("source.gz", bytes) };
        var error = await Assert.ThrowsAsync<SourceException>(() => SourceReading.ReadAll(spec));
        Assert.Contains("is not gzip, or is damaged or cut off", error.Message, StringComparison.Ordinal);
    }
}
