using System.Globalization;

namespace Fanout.Sources;

/// <summary>The errors of items that cannot be handled as they are.</summary>
internal static class Defects
{
    public static ItemError Malformed(string name, long line, string problem) =>
        ItemError.Create("MalformedItem", $"{At(name, line)}: {problem}");

    public static ItemError Oversized(string name, long line, long size, int limit) => Oversized(At(name, line), size, limit);

    public static ItemError Oversized(string place, long size, int limit) => ItemError.Create(
        "OversizedItem",
        string.Create(CultureInfo.InvariantCulture, $"{place}: the item has {size} bytes; the limit is {limit}. Make it smaller or raise maxItemBytes."));

    private static string At(string name, long line) => string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}");
}
