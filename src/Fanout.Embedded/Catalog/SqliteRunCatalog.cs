using Fanout.Embedded.Storage;
using Fanout.Runs;

namespace Fanout.Embedded.Catalog;

/// <summary>The catalog in a home's database.</summary>
internal sealed class SqliteRunCatalog(SqliteDatabase database, TimeProvider time) : IRunCatalog
{
    public Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return database.WriteAsync(session => RunTable.TryInsert(session, run));
    }

    public Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => RunTable.Find(session, runId, time.GetUtcNow()));

    public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return database.ReadAsync(session => RunTable.List(session, query, time.GetUtcNow()));
    }

    public Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => RunTable.FindControl(session, runId));

    public async Task<RunControl?> UpdateControlAsync(
        string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken) =>
        (await ChangeAsync(runId, run => RunChanges.WithControl(run, change)))?.Control;

    public Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => RunChanges.Started(run, startedAt), synced: false);

    public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunTable.SetProgress(session, runId, shard, progress), synced: false);

    // The end of its root comes next, and is synced. If neither is, the run is closed once more.
    public Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => RunChanges.Completed(run, report), synced: false);

    public Task SetAnnouncementAsync(string runId, RunAnnouncement announcement, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => RunChanges.Announced(run, announcement));

    public Task DeleteAsync(string runId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunTable.Delete(session, runId));

    private Task<RunRecord?> ChangeAsync(string runId, Func<RunRecord, RunRecord?> change, bool synced = true) => database.WriteAsync(
        session =>
        {
            if (RunTable.Find(session, runId, time.GetUtcNow()) is not { } run || change(run) is not { } changed)
                return null;
            if (!ReferenceEquals(changed, run))
                RunTable.Update(session, changed);
            if (changed.Report is not null)
                RunTable.DeleteShards(session, runId);
            return changed;
        },
        synced);
}
