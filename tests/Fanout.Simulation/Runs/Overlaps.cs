namespace Fanout.Simulation.Runs;

/// <summary>How much is in flight at once.</summary>
internal static class Overlaps
{
    // A handler that was cancelled because its work was taken from its process may still be on its way out when the successor begins.
    private static readonly TimeSpan WayOut = TimeSpan.FromMilliseconds(500);

    /// <summary>What is wrong: the first moment at which more was in flight than may be; nothing when there is none.</summary>
    public static IEnumerable<string> Check(string of, IEnumerable<Handling> handled, Func<Handling, int> most, Func<Handling, int> units)
    {
        // Of an end and a start at the same time the end comes first: its slot is what the start has.
        var changes = handled
            .SelectMany(handling => new[] { (At: handling.StartedAt, Units: units(handling), Handling: handling), (At: EndOf(handling), Units: -units(handling), Handling: handling) })
            .OrderBy(change => change.At).ThenBy(change => change.Units)
            .ToList();
        var inFlight = 0;
        foreach (var (at, change, handling) in changes)
        {
            inFlight += change;
            if (change <= 0 || inFlight <= most(handling))
                continue;
            var who = changes.Where(other => other.Units > 0 && other.At <= at && EndOf(other.Handling) > at).Select(other => $"{other.Handling.Run.Id}/{other.Handling.Index} of process {other.Handling.Process.Number} from {other.At:mm:ss.fff}");
            yield return $"At {at:mm:ss.fff} {inFlight} units are in flight of {of}, and {most(handling)} may be: {string.Join(", ", who)}";
            yield break;
        }
    }

    private static DateTimeOffset EndOf(Handling handling)
    {
        var end = handling.WasCancelled ? handling.InFlightUntil - WayOut : handling.InFlightUntil;
        return end < handling.StartedAt ? handling.StartedAt : end;
    }
}
