using System.Text;
using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class ItemCostsTests
{
    [Fact]
    public void OneUnitEach_NeedsNoCosts()
    {
        Assert.Null(ItemCosts.Of(null));
        Assert.Null(ItemCosts.Of(new CostSpec(1, null)));
        Assert.Equal(3, ItemCosts.Of(new CostSpec(3, null))!.Read(Json("{}"), out _));
    }

    [Theory]
    [InlineData("/units", """{ "units": 4 }""", 4)]
    [InlineData("/units", """{ "other": { "units": 9 }, "units": 4.000001 }""", 5)]
    [InlineData("/units", """{ "units": 0.25 }""", 1)]
    [InlineData("/units", """{ "units": 1e5 }""", 100_000)]
    [InlineData("/units", """{ "un\u0069ts": 4 }""", 4)]
    [InlineData("/a~1b/1/~0", """{ "a/b": [[0], { "~": 3 }] }""", 3)]
    [InlineData("", "12", 12)]
    [InlineData("/units", "{}", 7)]
    [InlineData("/units", "12", 7)]
    [InlineData("/units/x", """{ "units": 4 }""", 7)]
    [InlineData("/1", "[1]", 7)]
    [InlineData("/01", "[1, 2]", 7)]
    [InlineData("/-", "[1, 2]", 7)]
    [InlineData("/units", """{ "units" 4 }""", 7)]
    public void Units_AreThoseAtThePointerOrTheDefault(string pointer, string item, int units)
    {
        Assert.Equal(units, ItemCosts.Of(new CostSpec(7, pointer))!.Read(Json(item), out var refusal));
        Assert.Null(refusal);
    }

    [Theory]
    [InlineData("\"4\"")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("100001")]
    [InlineData("1e400")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{\"n\":1}")]
    public void WhatIsNoCost_IsRefusedWithWhatWasFoundWhere(string found)
    {
        Assert.Equal(1, ItemCosts.Of(new CostSpec(7, "/units"))!.Read(Json($"{{\"units\": {found} }}"), out var refusal));
        Assert.Equal("InvalidCost", refusal!.Type);
        Assert.Contains($"\"/units\" is {found};", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LongValue_IsShownInPartAndWholeCharacters()
    {
        ItemCosts.Of(new CostSpec(7, "/units"))!.Read(Json($"{{\"units\": \"{new string('é', 500)}\" }}"), out var refusal);
        Assert.Contains("ééé…;", refusal!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\uFFFD", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValueOfFortyBytes_IsShownWhole()
    {
        var found = $"\"{new string('x', 38)}\"";
        ItemCosts.Of(new CostSpec(7, "/units"))!.Read(Json($"{{\"units\": {found} }}"), out var refusal);
        Assert.Contains($"is {found};", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextItem_CountsForTheDefault() =>
        Assert.Equal(7, ItemCosts.Of(new CostSpec(7, ""))!.Read(new Item(0, "5"u8.ToArray(), IsText: true), out _));

    private static Item Json(string text) => new(0, Encoding.UTF8.GetBytes(text), IsText: false);
}
