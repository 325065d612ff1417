using System.Text.Json;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class JsonArraySourceTests() : FileSourceContract(TextKind.Json)
{
    [Theory]
    [InlineData("[]")]
    [InlineData(" [ ] ")]
    [InlineData("\uFEFF\n[\n]\n\n")]
    public async Task EmptyArray_HasNoItems(string text) => Assert.Empty(await SourceReading.ReadAtEveryBorder(Spec(text)));

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("{\"a\": []}")]
    [InlineData("1")]
    [InlineData("\n\nnull")]
    public async Task WhatIsNotAnArray_IsRefused(string text)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => SourceReading.ReadAll(Spec(text)));
        Assert.Contains("is not a JSON array", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1,\n2,\n{\"a\":],\n4]", 3)]
    [InlineData("[1,\n2 3]", 2)]
    [InlineData("[1,]", 1)]
    [InlineData("[1,\n\n]", 3)]
    [InlineData("[,1]", 1)]
    [InlineData("[1,,2]", 1)]
    [InlineData("[1}\n,2]", 1)]
    [InlineData("[1]\n2", 1)]
    [InlineData("[1]]", 1)]
    [InlineData("[1\n,\"abc", 2)]
    [InlineData("[1\n,{\"a\":1]", 2)]
    [InlineData("[tru]", 1)]
    [InlineData("[[1}]", 1)]
    [InlineData("[1", 1)]
    public async Task BrokenJson_IsRefusedAtPlanning_NamingTheLine(string text, int line)
    {
        foreach (var block in new[] { 1, 2, 3, 5, 4096 })
        {
            var source = SourceReading.Factory(new ScanSettings { BlockBytes = block }).Create(Spec(text));
            var error = await Assert.ThrowsAsync<SourceException>(() => source.Plan(new MemoryWorkspace()));
            Assert.Contains($"is not valid JSON at line {line}, byte ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[1,")]
    public async Task ArrayThatIsNotClosed_IsRefusedAtPlanning(string text)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => SourceReading.ReadAll(Spec(text)));
        Assert.Contains("the array is not closed; the file may be cut off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ElementLargerThanTheLimit_IsADefect_AndSkipped()
    {
        var large = JsonSerializer.Serialize(new { a = new string('[', 50), b = new object[] { 1, "]\"," } });
        var items = await SourceReading.ReadAtEveryBorder(Spec($"[1,\n{large},\n\"abcdefgh\"\n, 2]") with { MaxItemBytes = 12 });
        Assert.Equal(["1", "", "\"abcdefgh\"", "2"], items.Select(i => i.Value));
        Assert.Equal([null, "OversizedItem", null, null], items.Select(i => i.Defect));
        Assert.Contains($", line 1: the item has {large.Length + 1} bytes; the limit is 12.", items[1].DefectMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidUtf8InAnElement_IsADefectThatNamesTheLine()
    {
        var items = await SourceReading.ReadAtEveryBorder(new JsonSourceSpec { Path = Directory.Write("source", [.. "[1,\n\""u8, 0xFF, .. "\",\n3]"u8]) });
        Assert.Equal(["1", "", "3"], items.Select(i => i.Value));
        Assert.Contains(", line 2: ", items[1].DefectMessage, StringComparison.Ordinal);
    }

    private JsonSourceSpec Spec(string text) => new() { Path = Directory.Write("source", text) };
}
