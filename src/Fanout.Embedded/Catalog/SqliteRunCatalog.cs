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
        ChangeAsync(runId, run => RunChanges.Started(run, startedAt));

    public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken) =>
        shard == ProgressShard.Coordinator ? database.WriteAsync(session => RunTable.SetProgress(session, runId, progress)) : Task.CompletedTask;

    public Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => RunChanges.Completed(run, report));

    public Task DeleteAsync(string runId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => RunTable.Delete(session, runId));

    private Task<RunRecord?> ChangeAsync(string runId, Func<RunRecord, RunRecord?> change) => database.WriteAsync(session =>
    {
        if (RunTable.Find(session, runId, time.GetUtcNow()) is not { } run || change(run) is not { } changed)
            return null;
        if (!ReferenceEquals(changed, run))
            RunTable.Update(session, changed);
        return changed;
    });
}
