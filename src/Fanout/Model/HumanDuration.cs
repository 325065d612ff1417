using System.Globalization;
using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>
/// Durations as people write them: <c>10s</c>, <c>1.5h</c>, <c>500ms</c>, <c>1m30s</c>, <c>2d</c>; the units are us, ms, s, m (or min), h, d.
/// <c>00:00:10</c> is read too. The same in every culture.
/// </summary>
public static partial class HumanDuration
{
    private const string PartPattern = "(?:" + HumanNumber.Pattern + ") ?(?:us|ms|min|s|m|h|d)";

    /// <summary>What <see cref="TryParse"/> accepts, up to what a <see cref="TimeSpan"/> holds.</summary>
    internal const string Pattern =
        "^(?:" + PartPattern + "(?: ?" + PartPattern + ")*|(?:[0-9]{1,8}\\.)?(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,7})?)$";

    private static readonly (string Unit, long Ticks)[] WholeUnits =
        [("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute)];

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FormatException">The text is not a duration.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration)
            ? duration
            : throw new FormatException($"\"{text}\" is not a duration. Write a number and a unit (us, ms, s, m, h, d), such as \"10s\" or \"1m30s\".");

    /// <summary>Reads a duration, to the nearest tick (100 ns). False: the text is not one, or it is longer than a <see cref="TimeSpan"/> holds.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is null || !Whole().IsExactly(text))
            return false;
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);

        decimal ticks = 0;
        foreach (Match part in Part().Matches(text))
        {
            if (!HumanNumber.TryReadDecimal(part.Groups[1].Value, out var number) || number > long.MaxValue)
                return false;
            ticks += number * TicksOf(part.Groups[2].Value);
        }

        ticks = Math.Round(ticks, MidpointRounding.AwayFromZero);
        if (ticks > long.MaxValue)
            return false;
        duration = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>The duration as text that reads back as exactly it: <c>0s</c>, <c>500ms</c>, <c>1.5s</c>, <c>1m30s</c>, <c>1d12h</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static string Format(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        if (duration == TimeSpan.Zero)
            return "0s";
        if (duration.Ticks < TimeSpan.TicksPerMillisecond)
            return InUnit(duration.Ticks, TimeSpan.TicksPerMicrosecond, "us");
        if (duration.Ticks < TimeSpan.TicksPerSecond)
            return InUnit(duration.Ticks, TimeSpan.TicksPerMillisecond, "ms");

        var text = "";
        var rest = duration.Ticks;
        foreach (var (unit, ticks) in WholeUnits)
        {
            if (rest >= ticks)
                text += string.Create(CultureInfo.InvariantCulture, $"{rest / ticks}{unit}");
            rest %= ticks;
        }

        return rest == 0 ? text : text + InUnit(rest, TimeSpan.TicksPerSecond, "s");
    }

    private static string InUnit(long ticks, long ticksPerUnit, string unit) =>
        ((decimal)ticks / ticksPerUnit).ToString("0.#######", CultureInfo.InvariantCulture) + unit;

    private static long TicksOf(string unit) => unit switch
    {
        "us" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" or "min" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex("(" + HumanNumber.Pattern + ") ?(us|ms|min|s|m|h|d)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
