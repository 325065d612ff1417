using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>How often something may happen: <paramref name="Count"/> times in <paramref name="Period"/>. As text, and as JSON: <c>50/s</c>.</summary>
/// <param name="Count">More than 0.</param>
/// <param name="Period">1 s, 1 min, 1 h or 1 d.</param>
[JsonConverter(typeof(RateJsonConverter))]
public readonly partial record struct Rate(double Count, TimeSpan Period)
{
    /// <summary>What <see cref="TryParse"/> accepts, but for a rate of zero.</summary>
    internal const string Pattern =
        "^(" + HumanNumber.Pattern + ")(?: ?/ ?| per )(s|sec|second|m|min|minute|h|hour|d|day)$";

    /// <summary>Times a second.</summary>
    public double PerSecond => Count / Period.TotalSeconds;

    /// <summary>The time between two, evenly paced.</summary>
    public TimeSpan Interval => Period / Count;

    /// <summary>Reads a rate such as <c>50/s</c>, <c>3000/min</c>, <c>10/h</c>, <c>1/d</c>, <c>0.5 / s</c> or <c>50 per second</c>.</summary>
    /// <exception cref="FormatException">The text is not a rate.</exception>
    public static Rate Parse(string text) =>
        TryParse(text, out var rate)
            ? rate
            : throw new FormatException($"\"{text}\" is not a rate. Write how often in which time, such as \"50/s\", \"3000/min\", \"10/h\" or \"1/d\".");

    /// <summary>Reads a rate, in the same way in every culture. False: the text is not one, or it is not more than zero.</summary>
    public static bool TryParse(string? text, out Rate rate)
    {
        rate = default;
        if (text is null || !Whole().IsExactly(text, out var match))
            return false;
        if (!HumanNumber.TryReadDouble(match.Groups[1].Value, out var count) || count <= 0)
            return false;
        rate = new Rate(count, PeriodOf(match.Groups[2].Value));
        return true;
    }

    /// <summary>The rate as text that reads back as exactly it: <c>50/s</c>. A period that has no unit of its own is put in times a second.</summary>
    public override string ToString() => Period.Ticks switch
    {
        TimeSpan.TicksPerSecond => HumanNumber.Format(Count) + "/s",
        TimeSpan.TicksPerMinute => HumanNumber.Format(Count) + "/min",
        TimeSpan.TicksPerHour => HumanNumber.Format(Count) + "/h",
        TimeSpan.TicksPerDay => HumanNumber.Format(Count) + "/d",
        _ => HumanNumber.Format(PerSecond) + "/s",
    };

    private static TimeSpan PeriodOf(string unit) => unit[0] switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
