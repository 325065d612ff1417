using System.Runtime.CompilerServices;
using Fanout.Processing;
using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Reads the results of a run in item order, streamed: memory holds 16 bytes a line of those parts that overlap, or, when those are many, 32 MiB.</summary>
/// <param name="store">Where the results are.</param>
public sealed class ResultReader(IResultStore store)
{
    /// <summary>The parts that count of a run: those of its manifest, or, before it has ended, those recorded so far.</summary>
    /// <exception cref="RunException">It has ended, and its results are gone or being deleted.</exception>
    /// <exception cref="StorageException">A manifest cannot be read, or is damaged.</exception>
    public async Task<IReadOnlyList<PartRef>> FindPartsAsync(RunRecord run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (await Manifest.ReadAsync(store, run.Id, cancellationToken).ConfigureAwait(false) is { } manifest)
            return manifest.Parts;
        if (run.Report is not null)
            throw Gone(run.Id);
        var branches = await BranchManifest.ReadAllAsync(store, run.Id, cancellationToken).ConfigureAwait(false);
        // What a checkpoint counts is never run again: it is settled, though its batch is still under way.
        var checkpoints = await BatchCheckpoint.ReadAllAsync(store, run.Id, branches, cancellationToken).ConfigureAwait(false);
        return [.. branches.SelectMany(branch => branch.Parts).Concat(checkpoints.SelectMany(checkpoint => checkpoint.Parts))];
    }

    /// <summary>Reads outcomes.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="parts">The parts that count, in any order; of each only its first <see cref="PartRef.Length"/> bytes are read.</param>
    /// <param name="query">Which outcomes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StorageException">A part is missing, damaged, or an item has two outcomes. A query by status sees the latter only among what it asks for.</exception>
    public async IAsyncEnumerable<ResultLine> ReadAsync(
        string runId, IReadOnlyList<PartRef> parts, ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var sweep = ResultSweep.Over(store, runId, parts, query);
        await using var _ = sweep.ConfigureAwait(false);
        while (await sweep.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            yield return Parse(runId, sweep);
    }

    /// <summary>As <see cref="ReadAsync"/>, but each line as it was written: UTF-8 with its line end, valid until the next one is asked for.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="parts">The parts that count, in any order.</param>
    /// <param name="query">Which outcomes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StorageException">A part is missing, damaged, or an item has two outcomes.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadRawAsync(
        string runId, IReadOnlyList<PartRef> parts, ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var sweep = ResultSweep.Over(store, runId, parts, query);
        await using var _ = sweep.ConfigureAwait(false);
        while (await sweep.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            yield return sweep.Line;
    }

    /// <summary>What is said of a run whose results were purged, maybe while they were read.</summary>
    internal static RunException Gone(string runId) =>
        new(runId, $"Run '{runId}' has no results any more: they were deleted, or are being deleted now. Purge the run if that was on purpose.") { IsMissing = true };

    private static ResultLine Parse(string runId, ResultSweep sweep)
    {
        try
        {
            return ResultLineParser.Parse(sweep.Line.Span);
        }
        catch (FormatException failure)
        {
            throw new StorageException(
                $"The line of item {sweep.Index} in part '{sweep.PartName}' of run '{runId}' is damaged: {failure.Message} Restore the part from a backup, or purge the run and start it again.", failure);
        }
    }
}
