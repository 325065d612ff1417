using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SourceFlagTests
{
    [Theory]
    [InlineData("--lines", "-", """{"kind":"lines","path":"-"}""")]
    [InlineData("--jsonl", "orders.jsonl", """{"kind":"jsonl","path":"orders.jsonl"}""")]
    [InlineData("--json", "orders.json", """{"kind":"json","path":"orders.json"}""")]
    [InlineData("--csv", "orders.csv", """{"kind":"csv","path":"orders.csv"}""")]
    [InlineData("--files", "data/*.jpg", """{"kind":"files","patterns":["data/*.jpg"]}""")]
    [InlineData("--jsonl", "blob://orders/a.jsonl", """{"kind":"jsonl","path":"blob://orders/a.jsonl"}""")]
    [InlineData("--blobs", "images", """{"kind":"blobs","container":"images"}""")]
    [InlineData("--blobs", "images/", """{"kind":"blobs","container":"images"}""")]
    [InlineData("--blobs", "images/2026/a", """{"kind":"blobs","container":"images","prefix":"2026/a"}""")]
    [InlineData("--range", "0..1000", """{"kind":"range","start":0,"end":1000}""")]
    [InlineData("--range", "-5..1_000", """{"kind":"range","start":-5,"end":1000}""")]
    [InlineData("--range", "1e6", """{"kind":"range","start":0,"end":1000000}""")]
    [InlineData("--items", "[1,\"two\"]", """{"kind":"inline","items":[1,"two"]}""")]
    public void Flag_GivesASourceThatTheReaderAccepts(string flag, string text, string expected)
    {
        var source = SourceFlag.Read(flag, text);
        Assert.Equal(expected, source.ToJsonString());
        Assert.Empty(SpecSamples.ErrorsOf(SpecSamples.WithSource(expected)));
    }

    [Theory]
    [InlineData("--range", "")]
    [InlineData("--range", "a..b")]
    [InlineData("--range", "1..2..3")]
    [InlineData("--range", "1-5")]
    [InlineData("--items", "{}")]
    [InlineData("--items", "1, 2")]
    public void TextThatTheFlagDoesNotTake_IsRefused(string flag, string text) =>
        Assert.StartsWith(flag + ": ", Assert.Throws<FormatException>(() => SourceFlag.Read(flag, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void UnknownFlag_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => SourceFlag.Read("--xml", "a"));
}
