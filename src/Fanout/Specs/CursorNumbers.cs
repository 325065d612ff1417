using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads numbers, given as JSON numbers or as the text a person types at a flag.</summary>
internal static class CursorNumbers
{
    /// <summary>A whole number; <paramref name="of"/> says of what, as in <c>items in flight</c>.</summary>
    public static long? WholeNumber(this SpecCursor cursor, long min, long max, string of)
    {
        var allowed = $"allowed are {SpecText.Number(min)} to {SpecText.Number(max)} {of}";
        if (Whole(cursor.Value) is not { } value)
            cursor.RefuseForm($"a whole number; {allowed}", $"Write a number from {SpecText.Number(min)} to {SpecText.Number(max)}.");
        else if (value < min)
            cursor.Refuse($"is too small; {allowed}.", $"Raise it to {SpecText.Number(min)} or more.");
        else if (value > max)
            cursor.Refuse($"is too large; {allowed}.", $"Lower it to {SpecText.Number(max)} or less.");
        else
            return (long)value;
        return null;
    }

    /// <inheritdoc cref="WholeNumber"/>
    public static int? Count(this SpecCursor cursor, int min, int max, string of) => (int?)cursor.WholeNumber(min, max, of);

    /// <summary>A whole number of 64 bits.</summary>
    public static long? Integer(this SpecCursor cursor)
    {
        if (Whole(cursor.Value) is { } value && value >= long.MinValue && value <= long.MaxValue)
            return (long)value;
        cursor.RefuseForm("a whole number of 64 bits", "Write a number such as 1000.");
        return null;
    }

    public static double? Number(this SpecCursor cursor, double min, double max)
    {
        var range = $"{SpecText.Number(min)} to {SpecText.Number(max)}";
        if (Fraction(cursor.Value) is not { } value)
            cursor.RefuseForm($"a number; allowed are {range}", $"Write a number from {range}.");
        else if (value < min)
            cursor.Refuse($"is too small; allowed are {range}.", $"Raise it to {SpecText.Number(min)} or more.");
        else if (value > max)
            cursor.Refuse($"is too large; allowed are {range}.", $"Lower it to {SpecText.Number(max)} or less.");
        else
            return value + 0.0; // Makes -0 into 0, which is written differently.
        return null;
    }

    /// <summary>Bytes, as a number or as text with a unit.</summary>
    public static int? Size(this SpecCursor cursor, int min, int max)
    {
        var allowed = $"allowed are {HumanSize.Format(min)} to {HumanSize.Format(max)}";
        var value = cursor.Value.ValueKind == JsonValueKind.String && HumanSize.TryParse(cursor.Value.GetString(), out var bytes)
            ? bytes
            : cursor.Value.ValueKind == JsonValueKind.Number ? Whole(cursor.Value) : null;
        if (value is null)
            cursor.RefuseForm($"a size; {allowed}", "Write bytes as a number, or text with a unit, such as \"64KB\" or \"1MiB\".");
        else if (value < min)
            cursor.Refuse($"is too small; {allowed}.", $"Raise it to {HumanSize.Format(min)} or more.");
        else if (value > max)
            cursor.Refuse($"is too large; {allowed}.", $"Lower it to {HumanSize.Format(max)} or less.");
        else
            return (int)value;
        return null;
    }

    /// <summary>Null: not a whole number. What a decimal cannot hold becomes its largest or smallest, so that it is refused as out of range.</summary>
    private static decimal? Whole(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number when element.TryGetDecimal(out var value):
                return value == decimal.Truncate(value) ? value : null;
            case JsonValueKind.Number:
                return element.GetDouble() < 0 ? decimal.MinValue : decimal.MaxValue;
            case JsonValueKind.String when HumanCount.TryParse(element.GetString(), out var count):
                return count;
            default:
                return null;
        }
    }

    private static double? Fraction(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String when HumanNumber.TryRead(element.GetString()!, out var value) => value,
        _ => null,
    };
}
