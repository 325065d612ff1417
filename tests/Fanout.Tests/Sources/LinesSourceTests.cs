using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class LinesSourceTests() : FileSourceContract(TextKind.Lines)
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "|")]
    [InlineData("a", "a|")]
    [InlineData("a\n", "a|")]
    [InlineData("a\n\n", "a||")]
    [InlineData("\n\na", "||a|")]
    [InlineData("a\r\nb\r\n", "a|b|")]
    [InlineData("a\rb\r\r\n", "a\rb\r|")]
    [InlineData("\r\n", "|")]
    [InlineData(" a \n\tb", " a |\tb|")]
    public async Task EveryLine_IsAnItem_WithoutItsEnd(string text, string expected)
    {
        var items = await SourceReading.ReadAtEveryBorder(Spec(text));
        Assert.Equal(expected, string.Concat(items.Select(i => i.Value + "|")));
        Assert.All(items, i => Assert.True(i.IsText));
    }

    [Theory]
    [InlineData("\uFEFFa\nb", "a,b")]
    [InlineData("\uFEFF", "")]
    [InlineData("a\n\uFEFFb", "a,\uFEFFb")]
    public async Task ByteOrderMark_IsSkipped_AtTheBeginningOnly(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', (await SourceReading.ReadAtEveryBorder(Spec(text))).Select(i => i.Value)));

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 })]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x61 })]
    public async Task Utf16_IsRefused(byte[] bytes)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => SourceReading.ReadAll(Spec(bytes)));
        Assert.Contains("is UTF-16, not UTF-8. Convert it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GzipUnderAnotherName_IsRefused()
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => SourceReading.ReadAll(Spec([0x1F, 0x8B, 8, 0])));
        Assert.Contains("compressed with gzip", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidUtf8_IsADefectThatNamesTheLine()
    {
        var items = await SourceReading.ReadAtEveryBorder(Spec([.. "a\nb\n"u8, 0xC3, 0x28, .. "\nd"u8]));
        Assert.Equal(["a", "b", "", "d"], items.Select(i => i.Value));
        Assert.Equal([null, null, "MalformedItem", null], items.Select(i => i.Defect));
        Assert.Contains(", line 3: ", items[2].DefectMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, "\n")]
    [InlineData(4, "\r\n")]
    [InlineData(5, "\n")]
    [InlineData(5, "\r\n")]
    [InlineData(100, "\n")]
    [InlineData(100, "\r\n")]
    public async Task LineLongerThanTheLimit_IsADefectThatNamesLineSizeAndLimit(int length, string end)
    {
        var text = string.Join(end, "a", new string('x', length), "b", new string('y', length));
        var items = await SourceReading.ReadAtEveryBorder(Spec(text) with { MaxItemBytes = 4 });
        Assert.Equal(4, items.Count);
        Assert.Equal("b", items[2].Value);
        if (length <= 4)
        {
            Assert.All(items, i => Assert.Null(i.Defect));
            return;
        }

        Assert.Equal("OversizedItem", items[1].Defect);
        Assert.Contains($", line 2: the item has {length} bytes; the limit is 4.", items[1].DefectMessage, StringComparison.Ordinal);
        Assert.Contains($", line 4: the item has {length} bytes; the limit is 4.", items[3].DefectMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinesAppendedAfterPlanning_AreNotReadByAReaderAlreadyOpen()
    {
        var source = SourceReading.Factory().Create(Spec("a\nb"));
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        await using var reader = await source.OpenAsync(plan, workspace, 0, 2, CancellationToken.None);
        await System.IO.File.AppendAllTextAsync(File, "c\nd");
        Assert.True(await reader.WaitToReadAsync(CancellationToken.None));
        Assert.True(reader.TryRead(out _));
        Assert.True(await reader.WaitToReadAsync(CancellationToken.None));
        Assert.True(reader.TryRead(out var last));
        Assert.Equal("b"u8.ToArray(), last.Value.ToArray());
        Assert.False(await reader.WaitToReadAsync(CancellationToken.None));
    }

    private LinesSourceSpec Spec(string text) => new() { Path = Directory.Write("source", text) };

    private LinesSourceSpec Spec(byte[] bytes) => new() { Path = Directory.Write("source", bytes) };
}
