using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class InlineSourceTests : SourceContract
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override Gen<string> GenItem => Texts.Any.Select(text => JsonSerializer.Serialize(new { text, n = 1.50m }, Relaxed));

    protected override SourceSpec Arrange(IReadOnlyList<string> items) => new InlineSourceSpec { Items = [.. items.Select(Parse)] };

    [Fact]
    public async Task Items_AreWrittenOnOneLine() =>
        Assert.Equal(["""{"a":[1,"x"]}"""], await SourceReading.Values(new InlineSourceSpec { Items = [Parse("{ \"a\":\n [1, \"x\"] }")] }));

    [Fact]
    public async Task ItemLargerThanTheLimit_IsADefect()
    {
        var spec = new InlineSourceSpec { Items = [Parse("1"), Parse("\"abcdef\"")], MaxItemBytes = 4 };
        var items = await SourceReading.ReadAll(spec);
        Assert.Equal([null, "OversizedItem"], items.Select(i => i.Defect));
        Assert.Contains("item 1 of the spec: the item has 8 bytes; the limit is 4.", items[1].DefectMessage, StringComparison.Ordinal);
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
