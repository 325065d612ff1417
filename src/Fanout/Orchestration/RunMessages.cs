using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fanout.Announcing;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Serialization;
using Fanout.Sources;

namespace Fanout.Orchestration;

/// <summary>
/// Work to hand out: a range, and what earlier batches left. The range is one of items; in a run with limits by key, of numbers of keys, so
/// that a key is all in one place.
/// </summary>
/// <param name="Start">First item, or key.</param>
/// <param name="End">One past the last.</param>
/// <param name="Pending">Items taken before but not settled.</param>
public sealed record WorkUnit(long Start, long End, [property: JsonConverter(typeof(PendingItemsJsonConverter))] IReadOnlyList<PendingItem> Pending)
{
    /// <summary>No work.</summary>
    public static WorkUnit Nothing { get; } = new(0, 0, []);

    /// <summary>What is left of keys that were begun.</summary>
    [JsonConverter(typeof(KeyRestsJsonConverter))]
    public IReadOnlyList<KeyRest> Keys { get; init; } = [];

    /// <summary>True: it is suspected of killing its workers. It is worked apart from everything else, and whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Isolated { get; init; }

    /// <summary>
    /// Of isolated work by key: how many items to start at most, in this batch and in those that follow it. A key lives in one place at a time, so its
    /// items are tried a few after the others. Null: it is not by key.
    /// </summary>
    public IReadOnlyList<int>? Steps { get; init; }

    /// <summary>What names it by its content: the first 32 bits of its JSON's SHA-256, in hexadecimal.</summary>
    public string Fingerprint() => Fingerprint([this]);

    /// <summary>The same of several.</summary>
    public static string Fingerprint(IReadOnlyList<WorkUnit> work)
    {
        const int Bytes = 4;
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(work, FanoutJson.Options)).AsSpan(0, Bytes));
    }

    /// <summary>Nothing is left of it.</summary>
    public bool IsEmpty => Start >= End && Pending.Count == 0 && Keys.Count == 0;

    /// <summary>The unit with more that was begun before.</summary>
    public WorkUnit With(WorkUnit begun) => begun.Pending.Count + begun.Keys.Count == 0 ? this : this with
    {
        Pending = [.. begun.Pending, .. Pending],
        Keys = [.. begun.Keys.Concat(Keys).OrderBy(key => key.Number)],
    };

    /// <summary>When all of what was begun may go on, UTC; null: at once.</summary>
    public DateTimeOffset? AllBegunDue() => Pending.Select(item => item.NotBefore).Concat(Keys.Select(key => key.NotBefore)).Max();

    /// <summary>When the first of what was begun may go on, UTC; null: something may at once.</summary>
    public DateTimeOffset? BegunDue() =>
        Pending.All(item => item.NotBefore is not null) && Keys.All(key => key.NotBefore is not null)
            ? Pending.Select(item => item.NotBefore).Concat(Keys.Select(key => key.NotBefore)).Min()
            : null;
}

/// <summary>Input of the run orchestrator. What is null at the start is filled in when the run continues as new.</summary>
/// <param name="RunId">The run; also the instance id.</param>
/// <param name="Reduce">The reducer's name.</param>
/// <param name="Deadline">For the whole run, from its first turn.</param>
public sealed record RunInput(string RunId, string? Reduce, TimeSpan? Deadline)
{
    /// <summary>In which ways it tells that it has ended; null: in none.</summary>
    public IReadOnlyList<AnnouncementChannel>? Announce { get; init; }

    /// <summary>When the first turn was.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>The plan.</summary>
    public RunPlan? Plan { get; init; }

    /// <summary>What is left to hand out.</summary>
    public IReadOnlyList<WorkUnit> Work { get; init; } = [];

    /// <summary>Branches started so far; names the next.</summary>
    public int BranchesStarted { get; init; }

    /// <summary>What the ended branches came to.</summary>
    public Tally Tally { get; init; } = Tally.Zero;

    /// <summary>What was last asked of the run; null: nothing was.</summary>
    public ControlSignal? Signal { get; init; }

    /// <summary>What the lanes of all places came to; null: nobody asks, they share a process.</summary>
    public IReadOnlyList<LaneState>? Lanes { get; init; }
}

/// <summary>What a lane's batches have come to over the whole run, whichever branch kept it.</summary>
/// <param name="Settled">Items they settled.</param>
/// <param name="PaceArrival">By the lane's rate: when a next start would come if starts were spaced evenly, UTC; null: that is past.</param>
public readonly record struct LaneState(Counts Settled, DateTimeOffset? PaceArrival);

/// <summary>
/// Output of the plan activity, and of the one that makes the plan of parts. A source that fails is data, not an exception: types do not cross every
/// engine's boundary.
/// </summary>
/// <param name="Plan">The plan; null: the source failed, or is planned in parts.</param>
/// <param name="Failure">Why it failed; null: it did not.</param>
public sealed record PlanResult(RunPlan? Plan, string? Failure)
{
    /// <summary>How it is cut into parts that are planned next; null: it is not.</summary>
    public SourceSplit? Split { get; init; }
}

/// <summary>Input of the activity that plans a part of the source.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Split">How the source is cut.</param>
/// <param name="Part">Which part, from 0.</param>
public sealed record PlanPartInput(string RunId, SourceSplit Split, int Part);

/// <summary>Output of that activity.</summary>
/// <param name="Part">What became of the part; null: the source failed.</param>
/// <param name="Failure">Why.</param>
public sealed record PlanPartResult(PlannedPart? Part, string? Failure)
{
    /// <summary>Which part it is, from 0; null: of one that was recorded before results said so.</summary>
    public int? Number { get; init; }
}

/// <summary>Input of the activity that makes the plan of the parts.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Split">How the source was cut.</param>
/// <param name="Parts">What became of the parts, in order.</param>
public sealed record MergePlanInput(string RunId, SourceSplit Split, IReadOnlyList<PlannedPart> Parts);

/// <summary>Input of the branch orchestrator.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Branch">The branch's name in the run, such as <c>b0001</c>.</param>
/// <param name="Place">Which of the root's places it fills, 0 to branches - 1: says which lanes' shares of the allotment are its own.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Work">What it is handed.</param>
/// <param name="Reduce">The reducer's name.</param>
/// <param name="Signal">What was last asked of the run.</param>
public sealed record BranchInput(
    string RunId, string Branch, int Place, RunPlan Plan, IReadOnlyList<WorkUnit> Work, string? Reduce, ControlSignal Signal)
{
    /// <summary>True: another branch filled the place before. Default: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Follows { get; init; }

    /// <summary>What the place's lanes came to before; null: nobody asks, they share a process.</summary>
    public IReadOnlyList<LaneState>? Lanes { get; init; }
}

/// <summary>Output of the branch orchestrator.</summary>
/// <param name="Tally">What became of its items.</param>
/// <param name="Rest">Work it hands back, its history budget being used.</param>
/// <param name="Stop">Why the run is to end; null: it is not.</param>
/// <param name="Message">More about the stop.</param>
public sealed record BranchResult(Tally Tally, IReadOnlyList<WorkUnit> Rest, CompletionReason? Stop, string? Message)
{
    /// <summary>What its lanes came to over the whole run; null: nobody asks.</summary>
    public IReadOnlyList<LaneState>? Lanes { get; init; }

    /// <summary>Names the work it was given (<see cref="WorkUnit.Fingerprint(IReadOnlyList{WorkUnit})"/>); null: lanes are not apart.</summary>
    public string? Worked { get; init; }
}

/// <summary>The external event by which a change of control wakes orchestrations that wait. What was asked stands in the run's control; this is its gist.</summary>
/// <param name="Version">Of the control.</param>
/// <param name="Paused">The run is paused.</param>
/// <param name="Stop">The run is to end.</param>
public sealed record ControlSignal(long Version, bool Paused, CompletionReason? Stop)
{
    /// <summary>The event's name.</summary>
    public const string EventName = "control";

    /// <summary>The gist of a control.</summary>
    public static ControlSignal Of(RunControl control) => new(control.Version, control.Paused, control.Stop);

    /// <summary>Nothing was asked yet.</summary>
    public static ControlSignal None { get; } = new(0, false, null);

    /// <summary>
    /// Does it matter to an orchestration that knows of <paramref name="earlier"/>? Only pauses and stops do, batches see the rest for
    /// themselves: however often a run is retuned, no history grows by it.
    /// </summary>
    public bool IsNewsAfter(ControlSignal earlier) => (Paused, Stop) != (earlier.Paused, earlier.Stop);
}

/// <summary>Input of the activity that records a branch's parts.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Tally">What they amount to.</param>
/// <param name="BatchKeys">Its batches, whose checkpoints are no longer needed.</param>
public sealed record CloseBranchInput(string RunId, string Branch, IReadOnlyList<PartRef> Parts, Tally Tally, IReadOnlyList<string> BatchKeys);

/// <summary>Input of the activity that ends a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Reduce">The reducer's name.</param>
/// <param name="StartedAt">When its first turn was, UTC.</param>
/// <param name="Total">Items in the source; null: it could not be planned.</param>
/// <param name="Tally">What became of them.</param>
/// <param name="Branches">How many branches recorded parts.</param>
/// <param name="Stop">Why it was stopped; null: it was not.</param>
/// <param name="Message">More about the stop.</param>
public sealed record CloseRunInput(
    string RunId, string? Reduce, DateTime StartedAt, long? Total, Tally Tally, int Branches, CompletionReason? Stop, string? Message);

/// <summary>Input of the activity that makes a stop the orchestrator decided known to the batches.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Reason">Why it is to end.</param>
/// <param name="Message">More about it.</param>
public sealed record StopInput(string RunId, CompletionReason Reason, string Message);
