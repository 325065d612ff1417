using System.Globalization;

namespace Fanout.Handlers.Options;

/// <summary>Durations as people write them: a number and ms, s, m or h.</summary>
internal static class HumanDuration
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.TrimEnd("abcdefghijklmnopqrstuvwxyz");
        var unit = trimmed[digits.Length..].ToString();
        var factor = Array.Find(Units, known => known.Unit == unit).Milliseconds;
        if (factor == 0 || !double.TryParse(digits.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number * factor > TimeSpan.FromDays(365).TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(number * factor);
        return true;
    }

    public static string Format(TimeSpan duration)
    {
        var (unit, milliseconds) = Array.FindLast(Units, known => duration.TotalMilliseconds >= known.Milliseconds);
        return unit is null ? "0ms" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds / milliseconds:0.###}{unit}");
    }
}
