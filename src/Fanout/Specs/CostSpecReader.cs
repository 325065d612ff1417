using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads <c>flow.cost</c>: units, a pointer to them, or a pointer with what counts where there is nothing.</summary>
internal static class CostSpecReader
{
    public static readonly string[] Fields = ["pointer", "default"];

    /// <summary>A number as text, or a pointer.</summary>
    internal const string Pattern = "^(?:-?" + HumanCount.Digits + "|(/([^~/]|~[01])*)*)$";

    private const int MaxUnits = 100_000;

    /// <summary>Null: every item counts for one unit, or the cost was refused.</summary>
    public static CostSpec? Read(SpecCursor cursor)
    {
        switch (cursor.Value.ValueKind)
        {
            case JsonValueKind.String when cursor.Value.GetString() is "" or ['/', ..]:
                return cursor.Pointer("/units") is { } found ? new CostSpec(1, found) : null;
            case JsonValueKind.String when HumanCount.TryParse(cursor.Value.GetString(), out _):
            case JsonValueKind.Number:
                return Units(cursor) is { } units and not 1 ? new CostSpec(units, null) : null;
            case JsonValueKind.Object:
                var cost = new ObjectReader(cursor, Fields);
                var pointer = cost.Require("pointer", "\"/units\"")?.Pointer("/units");
                var otherwise = cost.Find("default") is { } given ? Units(given) : 1;
                return pointer is null || otherwise is null ? null : new CostSpec(otherwise.Value, pointer);
            default:
                cursor.RefuseForm(
                    $"a cost; allowed are 1 to {SpecText.Number(MaxUnits)} units, and a JSON pointer to them",
                    "Write it as 3, \"/units\" or { \"pointer\": \"/units\", \"default\": 1 }.");
                return null;
        }
    }

    private static int? Units(SpecCursor cursor) => cursor.Count(1, MaxUnits, "units");
}
