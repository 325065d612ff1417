using System.Text.Json.Serialization;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>An item that was taken but is not settled: it waits to be tried again, or was handed back before it started.</summary>
/// <param name="Index">The item.</param>
/// <param name="Attempts">Attempts made so far.</param>
/// <param name="NotBefore">No attempt before this time, UTC; null: at once.</param>
public sealed record PendingItem(long Index, int Attempts, DateTimeOffset? NotBefore)
{
    /// <summary>Where its record begins in the run's partition by key; null: the run has none.</summary>
    public long? Offset { get; init; }

    /// <summary>Number of its key in that partition; null: the run has none.</summary>
    public long? Key { get; init; }
}

/// <summary>One call of the batch activity: work this range until it ends or the slice does.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Key">Names the batch in the run: branch, lane, and number; every execution of this batch has the same.</param>
/// <param name="Source">What planning learnt of the source.</param>
/// <param name="Start">First item; of a run with limits by key: number of the first key.</param>
/// <param name="End">One past the last; equal to <paramref name="Start"/> when only pending items are to be worked.</param>
/// <param name="Pending">Items of earlier batches that are not settled.</param>
/// <param name="Lane">Which part of the allotment is this lane's, 0 to <paramref name="Lanes"/> - 1.</param>
/// <param name="Lanes">Lanes over the whole run.</param>
/// <param name="SliceFraction">Share of a slice this batch gets: the first batches of a run's lanes end at different times, so that they do not all drain at once.</param>
public sealed record BatchInput(
    string RunId, string Key, SourcePlan Source, long Start, long End,
    [property: JsonConverter(typeof(PendingItemsJsonConverter))] IReadOnlyList<PendingItem> Pending,
    int Lane, int Lanes, double SliceFraction)
{
    /// <summary>True: its lane has more to do, so it does not stay only for items that wait to be tried again; they are worked with the next range. Default: false.</summary>
    public bool MoreFollows { get; init; }

    /// <summary>What is left of keys that earlier batches began. Default: none.</summary>
    [JsonConverter(typeof(KeyRestsJsonConverter))]
    public IReadOnlyList<KeyRest> Keys { get; init; } = [];

    /// <summary>True: the work is suspected of killing its workers, so nothing else is worked in the same process meanwhile. Default: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Isolated { get; init; }

    /// <summary>It starts items so many times, retries included, and then hands the rest back. Null: until its range or slice ends.</summary>
    public int? MaxStarts { get; init; }

    /// <summary>True: its lane has had starts before, which may have used its burst up. Matters where lanes do not share a pacer. Default: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPaceSpent { get; init; }

    /// <summary>By its lane's rate: when a next start would come if starts were spaced evenly, UTC; null: its burst says it all.</summary>
    public DateTimeOffset? PaceArrival { get; init; }

    /// <summary>What its lane settled before it over the whole run, so that whoever works it can tell what the lane comes to; null: nobody asks, the lanes share a process.</summary>
    public Counts? Before { get; init; }

    /// <summary>How often it may have been sent before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Sending { get; init; }

    /// <summary>The newest control its branch knows of: a worker that knows an older one only would act on what is asked no longer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ControlVersion { get; init; }

    /// <summary>True: an execution of it may have gone before this one, of which nothing may be known. Default: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MayHaveRun { get; init; }

    /// <summary>The branch it belongs to, as its key says.</summary>
    internal string Branch => Key.IndexOf('-', StringComparison.Ordinal) is var end and > 0 ? Key[..end] : Key;
}

/// <summary>Why a batch ended.</summary>
public enum BatchEnd
{
    /// <summary>Its range ended, or it has started as many items as it was to; items may be left that wait for a retry.</summary>
    RangeDone,

    /// <summary>Its slice ended, or its host is shutting down.</summary>
    HandedBack,

    /// <summary>The run is paused.</summary>
    Paused,

    /// <summary>The run is to end.</summary>
    Stopped,

    /// <summary>It was delivered too often: whoever worked it died of it, or with it. What it hands back is as its last checkpoint has it.</summary>
    Crashed,
}

/// <summary>What a batch hands back. Everything below <see cref="Next"/> is settled, but for <see cref="Pending"/> and <see cref="Keys"/>; nothing above it is.</summary>
public sealed record BatchResult
{
    /// <summary>Whose result it is; null: of a batch that was recorded before results said so.</summary>
    public string? Key { get; init; }

    /// <summary>Why it ended.</summary>
    public required BatchEnd End { get; init; }

    /// <summary>The cursor: first item not taken; of a run with limits by key: number of the first key not begun.</summary>
    public required long Next { get; init; }

    /// <summary>Items taken but not settled.</summary>
    [JsonConverter(typeof(PendingItemsJsonConverter))]
    public IReadOnlyList<PendingItem> Pending { get; init; } = [];

    /// <summary>What is left of keys that were begun.</summary>
    [JsonConverter(typeof(KeyRestsJsonConverter))]
    public IReadOnlyList<KeyRest> Keys { get; init; } = [];

    /// <summary>What became of the settled ones.</summary>
    public required Tally Tally { get; init; }

    /// <summary>The parts that hold them, and how much of each counts.</summary>
    public IReadOnlyList<PartRef> Parts { get; init; } = [];

    /// <summary>How fast this execution settled items, from its start to its end.</summary>
    public double ItemsPerSecond { get; init; }

    /// <summary>With <see cref="BatchEnd.Stopped"/>: why the run is to end.</summary>
    public CompletionReason? Stop { get; init; }

    /// <summary>More about the stop.</summary>
    public string? Message { get; init; }

    /// <summary>The control version it acted on.</summary>
    public long ControlVersion { get; init; }

    /// <summary>By its lane's rate: when a next start would come if starts were spaced evenly, UTC; null: that is past, or lanes share a pacer.</summary>
    public DateTimeOffset? PaceArrival { get; init; }

    /// <summary>With <see cref="BatchEnd.Crashed"/>: its last executions began no more items than this.</summary>
    public int? MaxStarts { get; init; }
}
