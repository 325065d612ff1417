using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads durations and rates.</summary>
internal static class CursorTimes
{
    /// <summary>The fastest rate a spec may ask for, in item starts a second: 1,000,000.</summary>
    internal const double FastestPerSecond = 1_000_000;

    /// <summary>The slowest rate a spec may ask for: one item start in 30 days, as long as a run may take.</summary>
    internal static readonly TimeSpan SlowestInterval = TimeSpan.FromDays(30);

    public static TimeSpan? Duration(this SpecCursor cursor, TimeSpan min, TimeSpan max, string example)
    {
        var allowed = $"allowed are {HumanDuration.Format(min)} to {HumanDuration.Format(max)}";
        if (cursor.Value.ValueKind == JsonValueKind.Number)
            cursor.Refuse($"has no unit; {allowed}.", $"Write text with a unit (us, ms, s, m, h, d), such as \"{example}\".");
        else if (cursor.Value.ValueKind != JsonValueKind.String || !HumanDuration.TryParse(cursor.Value.GetString(), out var value))
            cursor.RefuseForm($"a duration; {allowed}", $"Write a number and a unit (us, ms, s, m, h, d), such as \"{example}\".");
        else if (value < min)
            cursor.Refuse($"is too short; {allowed}.", $"Raise it to {HumanDuration.Format(min)} or more.");
        else if (value > max)
            cursor.Refuse($"is too long; {allowed}.", $"Lower it to {HumanDuration.Format(max)} or less.");
        else
            return value;
        return null;
    }

    public static Rate? Rate(this SpecCursor cursor)
    {
        const string Allowed = "allowed are 1,000,000 a second down to one in 30 days";
        if (cursor.Value.ValueKind != JsonValueKind.String || !Fanout.Rate.TryParse(cursor.Value.GetString(), out var rate))
            cursor.RefuseForm($"a rate; {Allowed}", "Write how often in which time (s, min, h, d), such as \"50/s\", \"3000/min\" or \"1/d\".");
        else if (rate.PerSecond > FastestPerSecond)
            cursor.Refuse($"is too fast; {Allowed}.", "Lower it to \"1000000/s\" or less, or leave the field out for no limit.");
        else if (rate.PerSecond < 1 / SlowestInterval.TotalSeconds)
            cursor.Refuse($"is too slow; {Allowed}.", "Raise it, for example to \"1/d\".");
        else
            return rate;
        return null;
    }
}
