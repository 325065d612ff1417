using Fanout.Planning.Costs;
using Xunit;

namespace Fanout.Tests.Planning.Costs;

public sealed class PriceListTests
{
    [Fact]
    public void BuiltInPrices_AllHaveAUnitADayAndASource() =>
        Assert.All(PriceList.BuiltIn.ByName.Values, price =>
        {
            Assert.NotEmpty(price.Unit);
            Assert.NotNull(price.Tier);
            Assert.NotNull(price.AsOf);
            Assert.StartsWith("https://", price.Source, StringComparison.Ordinal);
            Assert.True(price.Usd > 0);
            Assert.False(price.Given);
        });

    [Fact]
    public void PriceThatIsGiven_ReplacesTheBuiltInOneAlone()
    {
        var prices = PriceList.Read("""{ "schedulerAction": { "usd": 3, "per": 1000000, "asOf": "2026-12-01", "source": "invoice" }, /* ours */ "blobRead": { "usd": 0 }, }""");
        var given = prices.ByName["schedulerAction"];
        Assert.Equal((3, 1_000_000, new DateOnly(2026, 12, 1), "invoice", "action dispatched", true), (given.Usd, given.Per, given.AsOf!.Value, given.Source, given.Unit, given.Given));
        Assert.Null(given.Note);
        Assert.Equal((0, 10_000), (prices.ByName["blobRead"].Usd, prices.ByName["blobRead"].Per));
        Assert.Equal(PriceList.BuiltIn.ByName["blobWrite"], prices.ByName["blobWrite"]);
        Assert.Equal(6, given.Of(2_000_000));
    }

    [Fact]
    public void PricesThatWereGiven_AreToldAsTheyCanBeReadAgain()
    {
        Assert.Null(PriceList.BuiltIn.GivenJson);
        var prices = PriceList.Read("""{ "schedulerAction": { "usd": 3, "per": 1000, "unit": "action", "tier": "ours", "note": "by contract" } }""");
        var again = PriceList.Read(prices.GivenJson!);
        Assert.Equal(prices.ByName["schedulerAction"], again.ByName["schedulerAction"]);
        Assert.Equal(("action", "ours", "by contract"), (again.ByName["schedulerAction"].Unit, again.ByName["schedulerAction"].Tier, again.ByName["schedulerAction"].Note));
        Assert.Equal(PriceList.BuiltIn.ByName.Remove("schedulerAction"), again.ByName.Remove("schedulerAction"));
    }

    [Fact]
    public void EverythingWrong_IsSaidAtOnce_InTheOrderItStands()
    {
        var errors = Assert.Throws<SpecException>(() => PriceList.Read("""{ "queueOperation": { "per": 0 }, "blobRead": { "usd": -1 } }""")).Errors;
        Assert.Equal(["/queueOperation/per", "/queueOperation/usd", "/blobRead/usd"], errors.Select(error => error.Pointer));
    }

    [Theory]
    [InlineData("blobWrite")]
    [InlineData("blobRead")]
    [InlineData("queueOperation")]
    [InlineData("tableOperation")]
    [InlineData("functionsGigabyteSecond")]
    [InlineData("functionsExecution")]
    [InlineData("schedulerAction")]
    [InlineData("stateTransition")]
    [InlineData("expressRequest")]
    [InlineData("expressGigabyteSecond")]
    public void EveryPrice_CanBeGiven_AndIsPerOneOfWhatItWasBefore(string name)
    {
        var given = PriceList.Read($$"""{ "{{name}}": { "usd": 0.25 } }""").ByName[name];
        Assert.Equal((0.25, true, PriceList.BuiltIn.ByName[name].Per, PriceList.BuiltIn.ByName[name].Unit), (given.Usd, given.Given, given.Per, given.Unit));
    }

    [Theory]
    [InlineData("unit", "queue operation")]
    [InlineData("tier", "LRS")]
    [InlineData("source", "https://azure.microsoft.com/pricing/")]
    [InlineData("note", "by contract")]
    public void TextThatIsNone_IsRefusedWithAnExample(string field, string example)
    {
        var error = Assert.Single(Assert.Throws<SpecException>(() => PriceList.Read($$"""{ "blobRead": { "usd": 1, "{{field}}": 1 } }""")).Errors);
        Assert.Equal($"/blobRead/{field}", error.Pointer);
        Assert.Contains(example, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "", "is not an object", "queueOperation")]
    [InlineData("{", "", "is not JSON", "Correct it")]
    [InlineData("""{ "blobReads": { "usd": 1 } }""", "/blobReads", "there is no field", "Did you mean \"blobRead\"?")]
    [InlineData("""{ "blobRead": 1 }""", "/blobRead", "is not an object", "\"usd\": 0.004")]
    [InlineData("""{ "blobRead": {} }""", "/blobRead/usd", "is missing", "\"usd\": 0.004")]
    [InlineData("""{ "blobRead": { "usd": "cheap" } }""", "/blobRead/usd", "is not a number", "0 to 1,000,000")]
    [InlineData("""{ "blobRead": { "usd": -1 } }""", "/blobRead/usd", "is too small", "Raise it to 0")]
    [InlineData("""{ "blobRead": { "usd": 1, "per": 1.5 } }""", "/blobRead/per", "is not a whole number", "from 1 to 1,000,000,000")]
    [InlineData("""{ "blobRead": { "usd": 1, "per": 0 } }""", "/blobRead/per", "is too small", "Raise it to 1")]
    [InlineData("""{ "blobRead": { "usd": 1, "asOf": "yesterday" } }""", "/blobRead/asOf", "is not a day", "2026-11-26")]
    [InlineData("""{ "blobRead": { "usd": 1, "usd": 2 } }""", "/blobRead/usd", "stands in this object already", "Keep one")]
    public void WrongPrice_IsRefusedWithItsFieldAndARemedy(string json, string pointer, string problem, string remedy)
    {
        var error = Assert.Single(Assert.Throws<SpecException>(() => PriceList.Read(json)).Errors);
        Assert.Equal(pointer, error.Pointer);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }
}
