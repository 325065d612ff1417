using System.Text;
using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads sources whose items the spec itself holds: a list, or a range of numbers.</summary>
internal static class InlineSourceReader
{
    /// <summary>The most items a range may have: 10^12.</summary>
    internal const long MaxRange = 1_000_000_000_000;

    private const int MaxItems = 10_000;
    private const int MaxBytes = 1 << 20;

    public static SourceSpec? ReadRange(ObjectReader source, SourceReading reading)
    {
        var start = source.Require("start", "0")?.Integer();
        var endField = source.Require("end", "1000");
        var end = endField?.Integer();
        if (start is null || end is null)
            return null;

        if (end < start)
            endField?.Refuse($"is less than \"start\"; allowed are {SpecText.Number(start.Value)} and more.", "Swap the two, or raise it.");
        else if ((decimal)end - start > MaxRange)
            endField?.Refuse($"makes the range too long; allowed are {SpecText.Number(MaxRange)} items.", "Lower it.");
        return new RangeSourceSpec { Start = start.Value, End = end.Value };
    }

    public static SourceSpec? ReadInline(ObjectReader source, SourceReading reading)
    {
        if (source.Require("items", "[1, 2, 3]") is not { } field)
            return null;
        if (field.Value.ValueKind != JsonValueKind.Array)
        {
            field.RefuseForm("an array of items", "Write it as [1, 2, 3].");
            return null;
        }

        var items = field.Value.EnumerateArray().Select(CanonicalJson.Detach).ToArray();
        var bytes = items.Sum(item => Encoding.UTF8.GetByteCount(item.GetRawText()));
        if (items.Length > MaxItems)
            field.Refuse($"has {SpecText.Number(items.Length)} items; allowed are 0 to {SpecText.Number(MaxItems)}.", "Put them into a file and use source kind \"jsonl\".");
        if (bytes > MaxBytes)
            field.Refuse($"has {SpecText.Number(bytes)} bytes of items; allowed are {SpecText.Number(MaxBytes)}.", "Put them into a file and use source kind \"jsonl\".");
        return new InlineSourceSpec { Items = items };
    }
}
