using Fanout.Processing;

namespace Fanout.Telemetry;

/// <summary>What a process has done of runs, and does now.</summary>
internal sealed record WorkSeen
{
    /// <summary>There are no runs.</summary>
    public static WorkSeen Nothing { get; } = new() { Done = default, InFlight = 0, Waiting = 0, ItemsPerSecond = 0, Places = [] };

    /// <summary>Since it began to work them.</summary>
    public required WorkDone Done { get; init; }

    /// <summary>Items in handlers.</summary>
    public required int InFlight { get; init; }

    /// <summary>Items that wait to be tried again.</summary>
    public required int Waiting { get; init; }

    /// <summary>Items settled a second.</summary>
    public required double ItemsPerSecond { get; init; }

    /// <summary>What the places are busy with.</summary>
    public required IReadOnlyList<PlaceCount> Places { get; init; }

    public static WorkSeen operator +(WorkSeen left, WorkSeen right) => new()
    {
        Done = left.Done + right.Done,
        InFlight = left.InFlight + right.InFlight,
        Waiting = left.Waiting + right.Waiting,
        ItemsPerSecond = left.ItemsPerSecond + right.ItemsPerSecond,
        Places = Sum([.. left.Places, .. right.Places]),
    };

    /// <summary>Each cause once.</summary>
    public static IReadOnlyList<PlaceCount> Sum(IEnumerable<PlaceCount> places) =>
        [.. places.GroupBy(count => count.Cause, StringComparer.Ordinal).Select(counts => new PlaceCount(counts.Key, counts.Sum(count => count.Places)))];
}
