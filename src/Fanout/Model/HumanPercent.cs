using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>Percentages as people write them: <c>5%</c>, <c>0.5 %</c>. The same in every culture.</summary>
public static partial class HumanPercent
{
    /// <summary>What <see cref="TryParse"/> accepts, up to what a double holds.</summary>
    internal const string Pattern = "^(" + HumanNumber.Pattern + ") ?%$";

    /// <summary>Reads a percentage; 5% is 5.</summary>
    /// <exception cref="FormatException">The text is not a percentage.</exception>
    public static double Parse(string text) =>
        TryParse(text, out var percent)
            ? percent
            : throw new FormatException($"\"{text}\" is not a percentage. Write a number and a percent sign, such as \"5%\".");

    /// <summary>Reads a percentage of any size; 5% is 5. False: the text is not one.</summary>
    public static bool TryParse(string? text, out double percent)
    {
        percent = 0;
        return text is not null && Whole().IsExactly(text, out var match) && HumanNumber.TryReadDouble(match.Groups[1].Value, out percent);
    }

    /// <summary>The percentage as text that reads back as exactly it: 0.5 is <c>0.5%</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not a number.</exception>
    public static string Format(double percent)
    {
        if (!double.IsFinite(percent))
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "A percentage is a finite number.");
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        return HumanNumber.Format(percent) + "%";
    }

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
