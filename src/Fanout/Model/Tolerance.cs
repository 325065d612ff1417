using System.Globalization;
using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>
/// How many items may end otherwise than Succeeded before the run is stopped. Whichever bound is passed first counts.
/// As text: <c>100</c>, <c>5%</c>, or both as <c>100,5%</c>.
/// </summary>
/// <param name="Count">At most this many; null: no bound by count.</param>
/// <param name="Percent">At most this share of all items of the source, 0 to 100; null: no bound by share.</param>
public sealed partial record Tolerance(long? Count, double? Percent)
{
    private const string Share = HumanNumber.Pattern + " ?%";

    /// <summary>What <see cref="TryParse"/> accepts, within its ranges.</summary>
    internal const string Pattern =
        "^(?:" + HumanCount.Digits + "|" + Share + "|" + HumanCount.Digits + " ?, ?" + Share + "|" + Share + " ?, ?" + HumanCount.Digits + ")$";

    /// <summary>True when <paramref name="unsuccessful"/> of <paramref name="total"/> items is more than is tolerated.</summary>
    public bool IsExceededBy(long unsuccessful, long total) =>
        (Count is { } count && unsuccessful > count)
        || (Percent is { } percent && unsuccessful > total * percent / 100.0);

    /// <summary>Reads a tolerance: <c>100</c>, <c>5%</c>, <c>100,5%</c>.</summary>
    /// <exception cref="FormatException">The text is not a tolerance, or its percentage is above 100.</exception>
    public static Tolerance Parse(string text) =>
        TryParse(text, out var tolerance)
            ? tolerance
            : throw new FormatException($"\"{text}\" is not a tolerance. Write a number of items, a percentage from 0% to 100%, or both: \"100\", \"5%\", \"100,5%\".");

    /// <summary>Reads a tolerance, in the same way in every culture. False: the text is not one, or its percentage is above 100.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tolerance? tolerance)
    {
        tolerance = null;
        if (text is null || !Whole().IsExactly(text))
            return false;

        long? count = null;
        double? percent = null;
        foreach (var bound in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (HumanPercent.TryParse(bound, out var share) && share <= 100)
                percent = share;
            else if (HumanCount.TryParse(bound, out var items))
                count = items;
            else
                return false;
        }

        tolerance = new Tolerance(count, percent);
        return true;
    }

    /// <summary>The tolerance as text that reads back as exactly it: <c>100,5%</c>. Empty when it has no bound.</summary>
    public override string ToString() => (Count, Percent) switch
    {
        ({ } count, { } percent) => string.Create(CultureInfo.InvariantCulture, $"{count},{HumanPercent.Format(percent)}"),
        ({ } count, null) => count.ToString(CultureInfo.InvariantCulture),
        (null, { } percent) => HumanPercent.Format(percent),
        _ => "",
    };

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
