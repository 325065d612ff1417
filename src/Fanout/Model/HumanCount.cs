using System.Globalization;
using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>Whole numbers as people write them: <c>64</c>, <c>100_000</c>, <c>1e6</c>, <c>-5</c>. The same in every culture.</summary>
public static partial class HumanCount
{
    /// <summary>Without sign or anchors.</summary>
    internal const string Digits = "[0-9]+(?:_[0-9]+)*(?:[eE]\\+?[0-9]{1,2})?";

    /// <summary>What <see cref="TryParse"/> accepts, up to what a long holds.</summary>
    internal const string Pattern = "^-?" + Digits + "$";

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="FormatException">The text is not a whole number.</exception>
    public static long Parse(string text) =>
        TryParse(text, out var count)
            ? count
            : throw new FormatException($"\"{text}\" is not a whole number. Write digits, such as \"64\", \"100_000\" or \"1e6\".");

    /// <summary>Reads a whole number. False: the text is not one, or a <see cref="long"/> does not hold it.</summary>
    public static bool TryParse(string? text, out long count)
    {
        count = 0;
        return text is not null
            && Whole().IsExactly(text)
            && long.TryParse(
                text.Replace("_", "", StringComparison.Ordinal),
                NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out count);
    }

    /// <summary>The number as text that reads back as exactly it, its thousands apart from five digits on: <c>9999</c>, <c>100_000</c>.</summary>
    public static string Format(long count) =>
        count is > -10_000 and < 10_000
            ? count.ToString(CultureInfo.InvariantCulture)
            : count.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '_');

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
