using System.Globalization;
using Fanout.Orchestration;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Results;

namespace Fanout.Runs;

/// <summary>A run's branches and batches, as what it has written shows them: no part of it is kept for this.</summary>
/// <param name="Plan">How it is cut; null: it is not planned yet.</param>
/// <param name="Branches">Those that have written something, by name.</param>
/// <param name="Errors">Groups of like errors among what they settled, most frequent first; of many batches of open branches not all are looked at.</param>
/// <param name="Truncated">True: there were more than <see cref="MostBranches"/> or <see cref="MostLanes"/>; those left out are not there.</param>
public sealed record RunTree(RunTreePlan? Plan, IReadOnlyList<RunTreeBranch> Branches, IReadOnlyList<ErrorGroup> Errors, bool Truncated)
{
    /// <summary>Most branches shown: 256.</summary>
    public const int MostBranches = 256;

    /// <summary>Most lanes of open branches shown, each of which takes a read: 512.</summary>
    public const int MostLanes = 512;

    /// <summary>Most earlier batches of open branches that are looked at for their errors, each of which takes a read: 64.</summary>
    public const int MostEarlierBatches = 64;

    /// <summary>Most parts of a branch shown: 100.</summary>
    public const int MostParts = 100;

    /// <summary>Reads it; of a run that has ended its branches are all closed.</summary>
    /// <exception cref="StorageException">It cannot be read, or is damaged.</exception>
    public static async Task<RunTree> ReadAsync(IResultStore results, string runId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(results);
        var plan = await PlanDocument.ReadAsync(results, runId, cancellationToken).ConfigureAwait(false);
        var closed = await BranchManifest.ReadAllAsync(results, runId, cancellationToken).ConfigureAwait(false);
        var open = (await BatchCheckpoint.FindNewestAsync(results, runId, cancellationToken).ConfigureAwait(false))
            .Where(batch => !closed.Any(branch => batch.Key.StartsWith($"{branch.BranchId}-", StringComparison.Ordinal)))
            .OrderBy(batch => batch.Key, StringComparer.Ordinal)
            .ToList();
        var lanes = open.GroupBy(batch => LaneOf(batch.Key), StringComparer.Ordinal).Select(lane => lane.Last()).ToList();
        var working = await ReadAsync(results, runId, lanes.Take(MostLanes)).ConfigureAwait(false);
        var earlier = await ReadAsync(results, runId, open.Except(lanes).TakeLast(MostEarlierBatches)).ConfigureAwait(false);
        var errors = closed.Select(branch => branch.Tally).Concat(working.Concat(earlier).Select(batch => batch.Checkpoint.Tally))
            .Aggregate<Tally, IReadOnlyList<ErrorGroup>>([], (sum, tally) => ErrorGroupSketch.Merge(sum, tally.Errors));
        var branches = closed.Select(RunTreeBranch.Closed)
            .Concat(working.Select(batch => RunTreeBatch.Of(batch.Key, batch.Checkpoint)).GroupBy(batch => BranchOrchestration.BranchOf(batch.Key), StringComparer.Ordinal).Select(branch => RunTreeBranch.Open(branch.Key, [.. branch])))
            .OrderBy(branch => branch.Id, StringComparer.Ordinal)
            .ToList();
        return new RunTree(
            plan is null ? null : RunTreePlan.Of(plan), [.. branches.Take(MostBranches)], errors, branches.Count > MostBranches || lanes.Count > MostLanes);
    }

    private static async Task<IReadOnlyList<(string Key, BatchCheckpoint Checkpoint)>> ReadAsync(
        IResultStore results, string runId, IEnumerable<(string Key, string DocumentName)> batches)
    {
        var read = new List<(string, BatchCheckpoint)>();
        foreach (var (key, name) in batches)
        {
            if (await BatchCheckpoint.ReadAsync(results, runId, name).ConfigureAwait(false) is { } checkpoint)
                read.Add((key, checkpoint));
        }

        return read;
    }

    // BRANCH-lLANE-NUMBER
    private static string LaneOf(string batchKey) => batchKey[..batchKey.LastIndexOf('-')];
}

/// <summary>A run's plan, without what it learnt of the source.</summary>
/// <param name="Items">Items in the source.</param>
/// <param name="Branches">Branches the root keeps busy.</param>
/// <param name="LanesPerBranch">Lanes each branch keeps busy.</param>
/// <param name="MinItems">A range is no shorter while so many items are left; of a run with limits by key: keys.</param>
/// <param name="MaxItems">The longest range a batch is given; likewise.</param>
/// <param name="ByQueue">True: batches are sent to a queue.</param>
public sealed record RunTreePlan(long Items, int Branches, int LanesPerBranch, int MinItems, int MaxItems, bool ByQueue)
{
    /// <summary>Makes it.</summary>
    internal static RunTreePlan Of(RunPlan plan) => new(plan.Total, plan.Branches, plan.LanesPerBranch, plan.MinItems, plan.MaxItems, plan.ByQueue);
}

/// <summary>A branch of a run.</summary>
/// <param name="Id">Its name in the run, such as <c>b0001</c>.</param>
/// <param name="State"><c>open</c>: it still works, and what it settled is that of <paramref name="Batches"/> alone, as of their checkpoints; <c>closed</c>: it is done.</param>
/// <param name="Settled">Items settled.</param>
/// <param name="Succeeded">Of these, those that succeeded.</param>
/// <param name="Parts">Of a closed branch, its parts, at most <see cref="RunTree.MostParts"/>.</param>
/// <param name="Batches">Of an open branch, the newest batch of each lane that has a checkpoint.</param>
public sealed record RunTreeBranch(string Id, string State, long Settled, long Succeeded, IReadOnlyList<PartRef> Parts, IReadOnlyList<RunTreeBatch> Batches)
{
    /// <summary>Items settled otherwise than Succeeded.</summary>
    public long Unsuccessful => Settled - Succeeded;

    internal static RunTreeBranch Closed(BranchManifest branch) =>
        new(branch.BranchId, "closed", branch.Tally.Settled, branch.Tally.Succeeded, [.. branch.Parts.Take(RunTree.MostParts)], []);

    internal static RunTreeBranch Open(string id, IReadOnlyList<RunTreeBatch> batches) =>
        new(id, "open", batches.Sum(batch => batch.Settled), batches.Sum(batch => batch.Succeeded), [], batches);
}

/// <summary>A batch, as its newest checkpoint tells.</summary>
/// <param name="Key">Names the batch in the run: branch, lane, number.</param>
/// <param name="Lane">The lane, from 0.</param>
/// <param name="Number">How many batches the lane had before.</param>
/// <param name="At">When the checkpoint was taken, UTC.</param>
/// <param name="Next">First item not taken; of a run with limits by key: number of the first key not begun.</param>
/// <param name="Settled">Items settled.</param>
/// <param name="Succeeded">Of these, those that succeeded.</param>
/// <param name="Unsettled">Items taken and not settled: in flight, or waiting to be tried again.</param>
/// <param name="Ended">True: it has ended, and its lane goes on with another.</param>
public sealed record RunTreeBatch(string Key, int Lane, int Number, DateTimeOffset At, long Next, long Settled, long Succeeded, int Unsettled, bool Ended)
{
    /// <summary>Items settled otherwise than Succeeded.</summary>
    public long Unsuccessful => Settled - Succeeded;

    private const int NumberDigits = 5;

    internal static RunTreeBatch Of(string key, BatchCheckpoint checkpoint)
    {
        var parts = key.Split('-');
        return new RunTreeBatch(
            key,
            int.Parse(parts[^2].AsSpan(1), CultureInfo.InvariantCulture),
            int.Parse(parts[^1].AsSpan(0, NumberDigits), CultureInfo.InvariantCulture),
            checkpoint.At,
            checkpoint.Next,
            checkpoint.Tally.Settled,
            checkpoint.Tally.Succeeded,
            checkpoint.Unsettled.Count,
            checkpoint.Ending is not null);
    }
}
