using System.Globalization;

namespace Fanout.Cli.Rendering;

/// <summary>Numbers for people.</summary>
internal static class Figures
{
    /// <summary><c>41,230</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 item</c>, <c>2 items</c>.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary><c>1,204/s</c>, <c>3.5/s</c>, <c>12/min</c>.</summary>
    public static string Speed(double perSecond) => perSecond switch
    {
        >= 100 => Invariant($"{perSecond:N0}/s"),
        >= 0.5 => Invariant($"{perSecond:0.#}/s"),
        > 0 => Invariant($"{perSecond * 60:0.#}/min"),
        _ => "0/s",
    };

    /// <summary><c>50/s</c>, <c>3000/min</c>, as people write it.</summary>
    public static string Rate(Rate rate)
    {
        var unit = rate.Period.TotalSeconds switch { 1 => "s", 60 => "min", 3600 => "h", 86400 => "d", _ => $"{Duration(rate.Period)}" };
        return Invariant($"{rate.Count:0.###}/{unit}");
    }

    /// <summary><c>0.25s</c>, <c>49s</c>, <c>12m 05s</c>, <c>3h 20m</c>, <c>2d 4h</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(9.995))
            return Invariant($"{Math.Max(0, duration.TotalSeconds):0.##}s");
        var rounded = TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds));
        return rounded.TotalMinutes < 1 ? Invariant($"{rounded.Seconds}s")
            : rounded.TotalHours < 1 ? Invariant($"{rounded.Minutes}m {rounded.Seconds:00}s")
            : rounded.TotalDays < 1 ? Invariant($"{rounded.Hours}h {rounded.Minutes:00}m")
            : Invariant($"{(long)rounded.TotalDays:N0}d {rounded.Hours}h");
    }

    /// <summary>Time to the end, in whole seconds.</summary>
    public static string Remaining(TimeSpan remaining) =>
        remaining.TotalDays > 365 ? "over a year" : Duration(TimeSpan.FromSeconds(Math.Ceiling(remaining.TotalSeconds)));

    /// <summary><c>41%</c>, rounded down so that 100% means all.</summary>
    public static string Percent(long part, long whole) =>
        whole <= 0 ? "100%" : Invariant($"{Math.Floor(100.0 * part / whole):0}%");

    /// <summary><c>2026-11-23 07:15:12Z</c>.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Formats for everyone alike.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
