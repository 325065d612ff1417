using System.Text.Json;
using Fanout.Embedded.Storage;
using Fanout.Runs;
using Fanout.Serialization;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Catalog;

/// <summary>Statements over <c>runs</c> and their <c>progress</c>. The status is a column of its own, so that a page of one status is found without reading all runs.</summary>
internal static class RunTable
{
    private const string Columns =
        """
        SELECT id, spec, created_at, started_at, ended_at, control, runs.progress, report, owner, expires_at,
            (SELECT json_group_object(shard, progress.progress) FROM progress WHERE run_id = id),
            announcement, trace_parent
        FROM runs LEFT JOIN leases ON root_id = id

        """;

    public static bool TryInsert(SqliteSession session, RunRecord run) => session.Execute(
        """
        INSERT INTO runs (id, spec, status, created_at, started_at, ended_at, control, progress, report, announcement, trace_parent)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10)
        ON CONFLICT (id) DO NOTHING
        """,
        run.Id,
        run.SpecJson,
        run.Status.ToString(),
        run.CreatedAt.UtcTicks,
        run.StartedAt?.UtcTicks,
        run.EndedAt?.UtcTicks,
        Write(run.Control),
        Write(FinalProgress(run)),
        Write(run.Report),
        Write(run.Announcement),
        run.TraceParent) == 1;

    public static void Update(SqliteSession session, RunRecord run) => session.Execute(
        "UPDATE runs SET status = @1, started_at = @2, ended_at = @3, control = @4, progress = @5, report = @6, announcement = @7 WHERE id = @0",
        run.Id,
        run.Status.ToString(),
        run.StartedAt?.UtcTicks,
        run.EndedAt?.UtcTicks,
        Write(run.Control),
        Write(FinalProgress(run)),
        Write(run.Report),
        Write(run.Announcement));

    public static bool SetProgress(SqliteSession session, string runId, string shard, RunProgress progress) => session.Execute(
        """
        INSERT INTO progress (run_id, shard, progress) SELECT id, @1, @2 FROM runs WHERE id = @0 AND report IS NULL
        ON CONFLICT (run_id, shard) DO UPDATE SET progress = excluded.progress
        """,
        runId,
        shard,
        Write(progress)) == 1;

    public static void DeleteShards(SqliteSession session, string runId) => session.Execute("DELETE FROM progress WHERE run_id = @0", runId);

    public static bool Delete(SqliteSession session, string runId)
    {
        DeleteShards(session, runId);
        return session.Execute("DELETE FROM runs WHERE id = @0", runId) == 1;
    }

    public static RunRecord? Find(SqliteSession session, string runId, DateTimeOffset now) =>
        session.Find(Columns + "WHERE id = @0", row => Read(row, now), runId);

    public static RunControl? FindControl(SqliteSession session, string runId) =>
        session.Find("SELECT control FROM runs WHERE id = @0", row => Parse<RunControl>(row, 0)!, runId);

    public static IReadOnlyList<RunRecord> List(SqliteSession session, RunQuery query, DateTimeOffset now) => session.Query(
        Columns +
        """
        WHERE (@0 IS NULL OR (created_at, id) < (SELECT created_at, id FROM runs WHERE id = @0))
            AND (@1 IS NULL OR status IN (SELECT value FROM json_each(@1)))
        ORDER BY created_at DESC, id DESC
        LIMIT @2
        """,
        row => Read(row, now),
        query.After,
        query.Status is { } statuses ? Write(statuses) : null,
        Math.Clamp(query.Limit, 1, 1_000));

    private static RunRecord Read(SqliteDataReader row, DateTimeOffset now) => new()
    {
        Id = row.GetString(0),
        SpecJson = row.GetString(1),
        CreatedAt = TimeOf(row, 2)!.Value,
        StartedAt = TimeOf(row, 3),
        EndedAt = TimeOf(row, 4),
        Control = Parse<RunControl>(row, 5)!,
        Progress = Parse<RunProgress>(row, 6) ?? Merge(Parse<Dictionary<string, string>>(row, 10)!, now),
        Report = Parse<RunReport>(row, 7),
        DrivenBy = row.IsDBNull(8) || row.GetInt64(9) <= now.UtcTicks || ProcessOwner.IsDead(row.GetString(8))
            ? null
            : ProcessOwner.Display(row.GetString(8)),
        Announcement = Parse<RunAnnouncement>(row, 11),
        TraceParent = row.IsDBNull(12) ? null : row.GetString(12),
    };

    private static RunProgress? FinalProgress(RunRecord run) => run.Report is null ? null : run.Progress;

    private static RunProgress? Merge(Dictionary<string, string> shards, DateTimeOffset now) => RunProgress.Merge(
        shards.Select(shard => new ProgressShard(shard.Key, JsonSerializer.Deserialize<RunProgress>(shard.Value, FanoutJson.Options)!)), now);

    private static DateTimeOffset? TimeOf(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);

    private static string? Write<T>(T? value)
        where T : class => value is null ? null : JsonSerializer.Serialize(value, FanoutJson.Options);

    private static T? Parse<T>(SqliteDataReader row, int column)
        where T : class => row.IsDBNull(column) ? null : JsonSerializer.Deserialize<T>(row.GetString(column), FanoutJson.Options);
}
