using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class CsvSourceTests() : FileSourceContract(TextKind.Csv)
{
    [Theory]
    [InlineData("a,b\n1,2\n", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\r\n1,2\r\n\r\n3,4", """{"a":"1","b":"2"} {"a":"3","b":"4"}""")]
    [InlineData("a,b\n,\n", """{"a":"","b":""}""")]
    [InlineData("a\n\"\"\n\nx\n", """{"a":""} {"a":"x"}""")]
    [InlineData("a,b\n\"1\n,2\"\"\",\"\r\n\"\n3,4\n", """{"a":"1\n,2\"","b":"\r\n"} {"a":"3","b":"4"}""")]
    [InlineData("a,b\n1\"2,\"3\"\n4,5\"\n", """{"a":"1\"2","b":"3"} {"a":"4","b":"5\""}""")]
    [InlineData("a,b\n \"1\",2\n", """{"a":" \"1\"","b":"2"}""")]
    [InlineData("a\n\"\"\"\"\"\"\n", """{"a":"\"\""}""")]
    [InlineData("a\n\\\n\t\n", """{"a":"\\"} {"a":"\t"}""")]
    [InlineData("a,b\n", "")]
    [InlineData("a,b", "")]
    public async Task Records_AreObjectsByTheHeader(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await SourceReading.ReadAtEveryBorder(Spec(text))).Select(i => i.Value)));

    [Fact]
    public async Task WithoutAHeader_RecordsAreArraysOfAnyLength()
    {
        var items = await SourceReading.ReadAtEveryBorder(Spec("1;\"a;b\"\n2\n\n;\n") with { Header = false, Delimiter = ';' });
        Assert.Equal(["""["1","a;b"]""", """["2"]""", """["",""]"""], items.Select(i => i.Value));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n4,5\n", 3, "the record has 1 fields, the header has 2.")]
    [InlineData("a,b\n\"\n\",2\n3,4,5\n6,7\n", 4, "the record has 3 fields, the header has 2.")]
    [InlineData("a,b\n1,2\n\"x\"y,2\n6,7\n", 3, "a closing quote is followed by text")]
    public async Task MalformedRecord_IsADefectThatNamesTheLine(string text, int line, string problem)
    {
        var items = await SourceReading.ReadAtEveryBorder(Spec(text));
        Assert.Equal([null, "MalformedItem", null], items.Select(i => i.Defect));
        Assert.Contains($", line {line}: {problem}", items[1].DefectMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuoteThatIsNotClosed_MakesTheLastRecordADefect()
    {
        var items = await SourceReading.ReadAtEveryBorder(Spec("a,b\n1,2\n3,\"4\n5,6\n"));
        Assert.Equal([null, "MalformedItem"], items.Select(i => i.Defect));
        Assert.Contains(", line 3: a quote is not closed.", items[1].DefectMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidUtf8_IsADefect()
    {
        var items = await SourceReading.ReadAtEveryBorder(new CsvSourceSpec { Path = Directory.Write("source", [.. "a\n1\n"u8, 0xE4, .. "\n2\n"u8]) });
        Assert.Equal([null, "MalformedItem", null], items.Select(i => i.Defect));
        Assert.Contains(", line 3: the record is not valid UTF-8.", items[1].DefectMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordLargerThanTheLimit_IsADefect_AndItsQuotesAreStillUnderstood()
    {
        var text = "a,b\n1,2\n\"" + string.Concat(Enumerable.Repeat("x\"\"\n", 20)) + "\",3\n4,5\n";
        var items = await SourceReading.ReadAtEveryBorder(Spec(text) with { MaxItemBytes = 30 });
        Assert.Equal([null, "OversizedItem", null], items.Select(i => i.Defect));
        Assert.Contains(", line 3: the item has 84 bytes; the limit is 30.", items[1].DefectMessage, StringComparison.Ordinal);
        Assert.Equal("""{"a":"4","b":"5"}""", items[2].Value);
    }

    [Fact]
    public async Task RecordWhoseJsonIsLargerThanTheLimit_IsADefect()
    {
        var items = await SourceReading.ReadAtEveryBorder(Spec("abcdefghij\n1\n2222222\n") with { MaxItemBytes = 20 });
        Assert.Equal([null, "OversizedItem"], items.Select(i => i.Defect));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData("a,b,a\n", "names 'a' twice")]
    [InlineData("a,\"a\"\n", "names 'a' twice")]
    [InlineData("a,,b\n", "Field 2 of the header")]
    [InlineData("a,\n", "Field 2 of the header")]
    [InlineData("a,\"b", "a quote is not closed")]
    public async Task UnusableHeader_IsRefusedAtPlanning(string text, string problem)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => SourceReading.ReadAll(Spec(text)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('"')]
    [InlineData('\n')]
    [InlineData('§')]
    public async Task UnusableDelimiter_IsRefusedByTheCheck(char delimiter)
    {
        var source = SourceReading.Factory().Create(Spec("a\n") with { Delimiter = delimiter });
        await Assert.ThrowsAsync<SourceException>(async () => await source.CheckAsync(CancellationToken.None));
    }

    private CsvSourceSpec Spec(string text) => new() { Path = Directory.Write("source", text) };
}
