using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>What a process's lanes come to, each over the whole run.</summary>
/// <param name="Lanes">By lane.</param>
/// <param name="Left">Of lanes that are worked here no longer: what they came to.</param>
/// <param name="Unsuccessful">Items that this process saw fail or time out so far.</param>
internal sealed record LaneReport(
    IReadOnlyDictionary<int, RunProgress> Lanes, IReadOnlyList<KeyValuePair<int, Counts>> Left, long Unsuccessful)
{
    /// <summary>Nothing was worked here.</summary>
    public static LaneReport Nothing { get; } = new(new Dictionary<int, RunProgress>(), [], 0);
}
