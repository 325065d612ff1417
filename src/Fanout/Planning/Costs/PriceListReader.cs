using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Fanout.Specs;

namespace Fanout.Planning.Costs;

/// <summary>Reads prices, or says everything that is wrong with them.</summary>
internal static class PriceListReader
{
    private const double MostUsd = 1_000_000;
    private const long MostPer = 1_000_000_000;
    private const string Example = "{ \"usd\": 0.004, \"per\": 10000 }";

    private static readonly string[] Names =
    [
        "blobWrite", "blobRead", "queueOperation", "tableOperation", "functionsGigabyteSecond", "functionsExecution", "schedulerAction",
        "stateTransition", "expressRequest", "expressGigabyteSecond",
    ];

    private static readonly string[] Fields = ["usd", "per", "unit", "tier", "asOf", "source", "note"];

    /// <param name="json">The prices.</param>
    /// <param name="builtIn">What prices that are not there are; null: all must be there.</param>
    public static PriceList Read(string json, PriceList? builtIn)
    {
        using var document = SpecJson.Parse(json);
        var root = new SpecCursor("", document.RootElement, []);
        var prices = builtIn?.ByName ?? ImmutableSortedDictionary.Create<string, Price>(StringComparer.Ordinal);
        if (SpecJson.Check(root) && root.AsObject(Names, $"{{ \"queueOperation\": {Example} }}") is { } list)
        {
            foreach (var name in Names)
            {
                var field = builtIn is null ? list.Require(name, Example) : list.Find(name);
                if (field is { } cursor && ReadPrice(cursor, builtIn?.ByName[name]) is { } price)
                    prices = prices.SetItem(name, price);
            }
        }

        return root.Errors.Count == 0 ? new PriceList(prices) : throw new SpecException(DocumentOrder.Sort(root.Errors, document.RootElement));
    }

    // What counts as one does not change with the price; where the old price is from is not where the new one is from.
    private static Price? ReadPrice(SpecCursor cursor, Price? builtIn)
    {
        if (cursor.AsObject(Fields, Example) is not { } price)
            return null;
        var usd = price.Require("usd", "0.004")?.Number(0, MostUsd);
        var per = price.Find("per") is { } given ? given.WholeNumber(1, MostPer, "for the price") : builtIn?.Per ?? 1;
        var unit = price.Find("unit")?.Text("queue operation") ?? builtIn?.Unit ?? "";
        var read = new Price(usd ?? 0, per ?? 1, unit)
        {
            Tier = price.Find("tier")?.Text("LRS"),
            AsOf = price.Find("asOf") is { } day ? Day(day) : null,
            Source = price.Find("source")?.Text("https://azure.microsoft.com/pricing/"),
            Note = price.Find("note")?.Text("by contract"),
            Given = builtIn is not null,
        };
        return usd is null ? null : read;
    }

    private static DateOnly? Day(SpecCursor cursor)
    {
        if (cursor.Value.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(cursor.Value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        cursor.RefuseForm("a day", "Write it as \"2026-11-26\".");
        return null;
    }
}
