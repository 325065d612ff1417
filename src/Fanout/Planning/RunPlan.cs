using System.Text.Json.Serialization;
using Fanout.Sources;

namespace Fanout.Planning;

/// <summary>How a run's source is cut into ranges and how many lanes work them.</summary>
/// <param name="Source">What planning learnt of the source.</param>
/// <param name="Branches">Branches the root keeps busy.</param>
/// <param name="LanesPerBranch">Lanes each branch keeps busy.</param>
/// <param name="MinItems">What a lane may have in flight: a range is no shorter while so many items are left. Of a run with limits by key: keys.</param>
/// <param name="MaxItems">The longest range a batch is given. Likewise.</param>
public sealed record RunPlan(SourcePlan Source, int Branches, int LanesPerBranch, int MinItems, int MaxItems)
{
    /// <summary>True: batches are sent to a queue and worked by whoever takes them. Default: they are activities.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ByQueue { get; init; }

    /// <summary>True: lanes may live in several processes, so that what each has come to goes along with its batches. Default: as <see cref="ByQueue"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LanesAreApart
    {
        get => field || ByQueue;
        init;
    }

    /// <summary>Items in the source.</summary>
    public long Total => Source.ItemCount;

    /// <summary>What is cut into ranges: items, or with limits by key the keys.</summary>
    public long Length => Source.ByKey?.Keys ?? Total;

    /// <summary>Lanes over all branches.</summary>
    public int Lanes => Branches * LanesPerBranch;
}
