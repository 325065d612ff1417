using System.Globalization;
using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>
/// Sizes in bytes as people write them: <c>64KB</c> (64,000), <c>1MiB</c> (1,048,576), <c>10 MB</c>, <c>512</c>; capital letters or not.
/// Prefixes are k, M, G, T (of 1,000) and Ki, Mi, Gi, Ti (of 1,024). The same in every culture.
/// </summary>
public static partial class HumanSize
{
    /// <summary>What <see cref="TryParse"/> accepts, as long as it comes to whole bytes.</summary>
    internal const string Pattern = "^(" + HumanNumber.Pattern + ")(?: ?(?:([kKmMgGtT])([iI]?))?[bB])?$";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("TB", 1_000_000_000_000), ("GiB", 1L << 30), ("GB", 1_000_000_000),
        ("MiB", 1L << 20), ("MB", 1_000_000), ("KiB", 1L << 10), ("KB", 1_000),
    ];

    /// <summary>Reads a size.</summary>
    /// <exception cref="FormatException">The text is not a size.</exception>
    public static long Parse(string text) =>
        TryParse(text, out var bytes)
            ? bytes
            : throw new FormatException($"\"{text}\" is not a size. Write bytes or a number and a unit, such as \"64KB\" or \"1MiB\".");

    /// <summary>Reads a size. False: the text is not one, or does not come to a whole number of bytes.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (text is null || !Whole().IsExactly(text, out var match))
            return false;
        if (!HumanNumber.TryReadDecimal(match.Groups[1].Value, out var number) || number > long.MaxValue)
            return false;
        var size = number * Factor(match.Groups[2].Value, binary: match.Groups[3].Length > 0);
        if (size > long.MaxValue || size != decimal.Truncate(size))
            return false;
        bytes = (long)size;
        return true;
    }

    /// <summary>The size as text that reads back as exactly it, in the largest unit it is a whole number of: <c>1MiB</c>, <c>64KB</c>, <c>1234B</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static string Format(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        foreach (var (unit, size) in Units)
        {
            if (bytes >= size && bytes % size == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }

    private static decimal Factor(string prefix, bool binary)
    {
        decimal step = binary ? 1_024 : 1_000;
        return prefix switch
        {
            "k" or "K" => step,
            "m" or "M" => step * step,
            "g" or "G" => step * step * step,
            "t" or "T" => step * step * step * step,
            _ => 1,
        };
    }

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
