using Azure.Data.Tables;
using Fanout.Runs;

namespace Fanout.Azure.Catalog;

/// <summary>Pages of runs, from the index and, where that does not know, from the runs' own rows.</summary>
/// <param name="index">The index.</param>
/// <param name="rows">Reads copies of runs that have ended.</param>
/// <param name="find">Reads any other run, and the row it is in.</param>
/// <param name="finishDeletion">Clears away what is left of a run that is gone.</param>
/// <param name="time">The clock.</param>
internal sealed class RunListing(
    RunIndex index,
    RunRow rows,
    Func<string, CancellationToken, Task<(TableEntity Row, RunRecord Run)?>> find,
    Func<string, DateTimeOffset, CancellationToken, Task> finishDeletion,
    TimeProvider time)
{
    // So many are read at the same time.
    private const int Together = 16;

    // An add that takes longer between its two writes has died.
    private static readonly TimeSpan LongestAdd = TimeSpan.FromDays(1);

    /// <summary>At most <paramref name="limit"/> runs of these statuses, newest first.</summary>
    public async Task<List<RunRecord>> ReadAsync(
        (string RunId, DateTimeOffset CreatedAt)? after, IReadOnlyList<RunStatus>? statuses, int limit, CancellationToken cancellationToken)
    {
        List<RunRecord> runs = [];
        await foreach (var page in index.QueryAsync(after, statuses, limit, cancellationToken).ConfigureAwait(false))
        {
            foreach (var some in page.Chunk(Together))
            {
                var read = await Task.WhenAll(some.Select(entry => ReadAsync(entry, cancellationToken))).ConfigureAwait(false);
                runs.AddRange(read.OfType<RunRecord>().Where(run => statuses?.Contains(run.Status) != false).Take(limit - runs.Count));
                if (runs.Count == limit)
                    return runs;
            }
        }

        return runs;
    }

    private async Task<RunRecord?> ReadAsync(TableEntity entry, CancellationToken cancellationToken)
    {
        if (RunIndex.IsEnded(entry))
            return await rows.ReadAsync(entry, cancellationToken).ConfigureAwait(false);
        var (runId, createdAt) = (RunIndex.RunIdOf(entry), RunRow.CreatedAt(entry));
        // A run of the same id and another time has an entry of its own.
        if (await find(runId, cancellationToken).ConfigureAwait(false) is var (row, run) && run.CreatedAt == createdAt)
        {
            if (run.Report is not null && RunIndex.IsOpen(entry))
                await TryAsync(() => index.EndAsync(row, null, entry.ETag, cancellationToken)).ConfigureAwait(false);
            return run;
        }

        if (!RunIndex.IsOpen(entry) || createdAt < time.GetUtcNow() - LongestAdd)
            await TryAsync(() => finishDeletion(runId, createdAt, cancellationToken)).ConfigureAwait(false);
        return null;
    }

    // Whoever only reads may not be allowed to write.
    private static async Task TryAsync(Func<Task> tidy)
    {
        try
        {
            await tidy().ConfigureAwait(false);
        }
        catch (StorageException)
        {
        }
    }
}
