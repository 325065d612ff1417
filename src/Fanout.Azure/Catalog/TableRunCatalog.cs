using Azure.Data.Tables;
using Fanout.Azure.Catalog;
using Fanout.Azure.Tables;
using Fanout.Runs;

namespace Fanout.Azure;

/// <summary>
/// The catalog in the hub's table <c>Runs</c>. A run is a partition: its own row, changed under its ETag, and one row for each of those who count, which
/// nobody else writes, so that to look at a run is one query however many work it. <see cref="RunIndex"/> lists them.
/// </summary>
public sealed class TableRunCatalog : IRunCatalog
{
    private const int MaxListed = 1_000;

    private readonly TimeProvider _time;
    private readonly TableRunCatalogOptions _options;
    private readonly HubTable _table;
    private readonly Contention _contention;
    private readonly ClaimChecks _claims;
    private readonly RunRow _rows;
    private readonly RunIndex _index;
    private readonly RunListing _listing;

    /// <summary>A catalog over an account, which is not contacted yet.</summary>
    /// <param name="storage">The account and the hub.</param>
    /// <param name="time">The clock that says what is fresh, and that waits.</param>
    /// <param name="random">Numbers in [0, 1); called by many threads.</param>
    /// <param name="options">What it is told of this process; null: that it drives no runs.</param>
    public TableRunCatalog(AzureStorage storage, TimeProvider time, Func<double> random, TableRunCatalogOptions? options = null)
    {
        _time = time;
        _options = options ?? new TableRunCatalogOptions();
        _table = new HubTable(storage, "Runs");
        _contention = new Contention(storage, time, random);
        _claims = new ClaimChecks(storage);
        _rows = new RunRow(_claims);
        _index = new RunIndex(_table);
        _listing = new RunListing(_index, _rows, FindAsync, FinishDeletionAsync, time);
    }

    /// <summary>1 s: a cancel is still felt within two.</summary>
    public TimeSpan WatchEvery { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var before = await ReadAsync(run.Id, cancellationToken).ConfigureAwait(false);
        if (before.Run is not null)
            return false;
        // A zombie of an earlier run of this id may have written since that was deleted.
        await _table.DeleteAsync(run.Id, before.OtherKeys, cancellationToken).ConfigureAwait(false);
        var row = await _rows.WriteAsync(run, cancellationToken).ConfigureAwait(false);
        var stamp = _contention.NewStamp();
        WriteStamps.Add(row, null, stamp);
        await _index.AddAsync(run.Id, run.CreatedAt, cancellationToken).ConfigureAwait(false);
        if (await _table.TryInsertAsync(row, cancellationToken).ConfigureAwait(false))
            return true;
        // Somebody else was first, or the answer to this very insert was lost.
        if (await _table.FindAsync(run.Id, RunRow.Key, null, cancellationToken).ConfigureAwait(false) is { } there)
        {
            if (WriteStamps.Has(there, stamp))
                return true;
            if (RunRow.CreatedAt(there) != run.CreatedAt)
                await FinishDeletionAsync(run.Id, run.CreatedAt, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <inheritdoc/>
    public async Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken) =>
        (await FindAsync(runId, cancellationToken).ConfigureAwait(false))?.Run;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        (string, DateTimeOffset)? after = null;
        if (query.After is { } last)
        {
            if (await _table.FindAsync(last, RunRow.Key, null, cancellationToken).ConfigureAwait(false) is not { } row)
                return [];
            after = (last, RunRow.CreatedAt(row));
        }

        return query.Status is { Count: 0 }
            ? []
            : await _listing.ReadAsync(after, query.Status, Math.Clamp(query.Limit, 1, MaxListed), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken) =>
        await _table.FindAsync(runId, RunRow.Key, RunRow.ControlOnly, cancellationToken).ConfigureAwait(false) is { } row
            ? await _rows.ReadControlAsync(row, cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc/>
    public async Task<RunControl?> UpdateControlAsync(string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        return (await ChangeAsync(runId, run => RunChanges.WithControl(run, change), cancellationToken).ConfigureAwait(false))?.Control;
    }

    /// <inheritdoc/>
    public Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => RunChanges.Started(run, startedAt), cancellationToken);

    /// <inheritdoc/>
    public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken)
    {
        var owner = shard == ProgressShard.Coordinator ? _options.Owner : null;
        return _table.ReplaceAsync(ShardRow.Write(runId, new ProgressShard(shard, progress), owner), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        var partition = await ReadAsync(runId, cancellationToken).ConfigureAwait(false);
        TableEntity? before = null, written = null;
        var ended = await ChangeAsync(
            runId,
            run => RunChanges.Completed(run with { Progress = partition.Progress(_time.GetUtcNow()) }, report),
            cancellationToken,
            (row, changes) => (before, written) = (row, changes)).ConfigureAwait(false);
        if (ended is null)
            return;
        try
        {
            await _index.EndAsync(before!, written, global::Azure.ETag.All, cancellationToken).ConfigureAwait(false);
            await _table.DeleteAsync(runId, partition.OtherKeys, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // The report is recorded. Whoever lists brings the index up to date, and nobody looks at shards of a run that has ended.
        }
    }

    /// <inheritdoc/>
    public async Task SetAnnouncementAsync(string runId, RunAnnouncement announcement, CancellationToken cancellationToken)
    {
        TableEntity? before = null, written = null;
        var announced = await ChangeAsync(
            runId,
            run => RunChanges.Announced(run, announcement),
            cancellationToken,
            (row, changes) => (before, written) = (row, changes),
            ofItsAnnouncement: true).ConfigureAwait(false);
        // The index has a copy of a run that has ended.
        if (announced is not null && RunRow.HasEnded(before!))
            await _index.EndAsync(before!, written, global::Azure.ETag.All, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string runId, CancellationToken cancellationToken)
    {
        var partition = await ReadAsync(runId, cancellationToken).ConfigureAwait(false);
        if (partition.Run is not { } run)
            return;
        var createdAt = RunRow.CreatedAt(run);
        await _index.StrikeAsync(runId, createdAt, cancellationToken).ConfigureAwait(false);
        await _table.DeleteAsync(runId, [.. partition.OtherKeys, RunRow.Key], cancellationToken).ConfigureAwait(false);
        await FinishDeletionAsync(runId, createdAt, cancellationToken).ConfigureAwait(false);
    }

    private async Task FinishDeletionAsync(string runId, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        await _claims.DeleteAsync(RunRow.Folder(runId, createdAt), cancellationToken).ConfigureAwait(false);
        await _index.RemoveAsync(runId, createdAt, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RunPartition> ReadAsync(string runId, CancellationToken cancellationToken) =>
        new(await _table.ReadPartitionAsync(runId, cancellationToken).ConfigureAwait(false));

    private async Task<(TableEntity Row, RunRecord Run)?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        var partition = await ReadAsync(runId, cancellationToken).ConfigureAwait(false);
        if (partition.Run is not { } row || await _rows.ReadAsync(row, cancellationToken).ConfigureAwait(false) is not { } run)
            return null;
        if (run.Report is not null)
            return (row, run);
        var owner = await FindOwnerAsync(runId, partition).ConfigureAwait(false);
        return (row, run with { Progress = partition.Progress(_time.GetUtcNow()), DrivenBy = owner is null ? null : ProcessOwner.Display(owner) });
    }

    // What is written outlives a lease that was given back: of this process, and of the dead, its own word counts.
    private async Task<string?> FindOwnerAsync(string runId, RunPartition partition)
    {
        if (_options.FindOwner is { } find && await find(runId).ConfigureAwait(false) is { } here)
            return ProcessOwner.IsDeadHere(here) ? null : here;
        var written = partition.Owner(_time.GetUtcNow());
        return written == _options.Owner && _options.FindOwner is not null ? null : written;
    }

    private Task<RunRecord?> ChangeAsync(
        string runId, Func<RunRecord, RunRecord?> change, CancellationToken cancellationToken, Action<TableEntity, TableEntity>? note = null, bool ofItsAnnouncement = false)
    {
        string? stamp = null;
        RunRecord? changed = null;
        return _contention.ResolveAsync(
            $"run '{runId}'",
            async () =>
            {
                if (await _table.FindAsync(runId, RunRow.Key, null, cancellationToken).ConfigureAwait(false) is not { } row)
                    return (true, null);
                if (WriteStamps.Has(row, stamp))
                    return (true, changed);
                if ((RunRow.HasEnded(row) && !ofItsAnnouncement) || await _rows.ReadStateAsync(row, cancellationToken).ConfigureAwait(false) is not { } run)
                    return (true, null);
                changed = change(run);
                if (changed is null || ReferenceEquals(changed, run))
                    return (true, changed);
                var changes = ofItsAnnouncement
                    ? await _rows.WriteAnnouncementAsync(changed, cancellationToken).ConfigureAwait(false)
                    : await _rows.WriteChangesAsync(changed, cancellationToken).ConfigureAwait(false);
                stamp = _contention.NewStamp();
                WriteStamps.Add(changes, row, stamp);
                note?.Invoke(row, changes);
                return (await _table.TryUpdateAsync(changes, row.ETag, TableUpdateMode.Merge, cancellationToken).ConfigureAwait(false), changed);
            },
            cancellationToken);
    }
}
