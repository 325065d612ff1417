using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads <c>failure.tolerate</c>: an object, or in short <c>100</c>, <c>"5%"</c>, <c>"100,5%"</c>.</summary>
internal static class ToleranceReader
{
    public static readonly string[] Fields = ["count", "percent"];

    private const string Remedy = "Write a number of items, a percentage, or both: 100, \"5%\", \"100,5%\" or { \"count\": 100, \"percent\": 5 }.";

    public static Tolerance? Read(SpecCursor cursor)
    {
        switch (cursor.Value.ValueKind)
        {
            case JsonValueKind.Number:
                return cursor.WholeNumber(0, long.MaxValue, "items") is { } count ? new Tolerance(count, null) : null;
            case JsonValueKind.String when Tolerance.TryParse(cursor.Value.GetString(), out var tolerance):
                return tolerance;
            case JsonValueKind.Object:
                return ReadObject(new ObjectReader(cursor, Fields));
            default:
                cursor.RefuseForm("a tolerance; allowed are 0 or more items, and 0% to 100%", Remedy);
                return null;
        }

        Tolerance? ReadObject(ObjectReader tolerate)
        {
            var count = tolerate.Find("count");
            var percent = tolerate.Find("percent");
            if (count is null && percent is null)
                cursor.Refuse("bounds nothing.", Remedy);
            return new Tolerance(count?.WholeNumber(0, long.MaxValue, "items"), percent is { } share ? ReadPercent(share) : null);
        }
    }

    private static double? ReadPercent(SpecCursor cursor)
    {
        if (cursor.Value.ValueKind == JsonValueKind.String && HumanPercent.TryParse(cursor.Value.GetString(), out var percent))
        {
            if (percent <= 100)
                return percent;
            cursor.Refuse("is too large; allowed are 0 to 100.", "Lower it to 100 or less.");
            return null;
        }

        return cursor.Number(0, 100);
    }
}
