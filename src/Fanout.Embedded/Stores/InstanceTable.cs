using Fanout.Embedded.Execution;
using Fanout.Embedded.Storage;
using Fanout.Orchestration;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Stores;

/// <summary>Statements over <c>instances</c>. Statuses are stored as their numbers; those of ended instances are the highest.</summary>
internal static class InstanceTable
{
    private const string IsActive = "status < 2";

    public static bool TryInsert(SqliteSession session, NewInstance instance)
    {
        var (id, rootId, name, parent) = instance.Identity;
        var inserted = session.Execute(
            """
            INSERT INTO instances (
                id, root_id, parent_id, parent_execution, parent_task, name, execution, status, created_at, updated_at, history_length)
            VALUES (@0, @1, @2, @3, @4, @5, 0, 0, @6, @6, 1)
            ON CONFLICT (id) DO NOTHING
            """,
            id, rootId, parent?.InstanceId, parent?.Execution, parent?.TaskId, name, instance.CreatedAt.UtcTicks);
        if (inserted == 1)
            HistoryTable.Append(session, id, 0, [instance.Started]);
        return inserted == 1;
    }

    public static void Update(SqliteSession session, TurnCommit commit) => session.Execute(
        """
        UPDATE instances SET execution = @1, status = @2, updated_at = @3, output = @4, custom_status = @5,
            failure_type = @6, failure_message = @7, history_length = @8
        WHERE id = @0
        """,
        commit.Identity.Id,
        commit.Execution,
        (long)commit.Status,
        commit.UpdatedAt.UtcTicks,
        commit.Output,
        commit.CustomStatus,
        commit.Failure?.ErrorType,
        commit.Failure?.ErrorMessage,
        commit.KeptHistory + commit.Append.Count);

    public static OrchestrationMetadata? Find(SqliteSession session, string id) => session.Find(
        """
        SELECT id, name, status, created_at, updated_at, output, custom_status, failure_type, failure_message, history_length
        FROM instances WHERE id = @0
        """,
        row => new OrchestrationMetadata(
            row.GetString(0),
            row.GetString(1),
            (OrchestrationStatus)row.GetInt32(2),
            new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero),
            new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero),
            TextOf(row, 5),
            TextOf(row, 6),
            TextOf(row, 7) is { } type ? new FailureDetails(type, TextOf(row, 8) ?? "") : null,
            row.GetInt32(9)),
        id);

    public static bool IsRoot(SqliteSession session, string id) =>
        session.Number("SELECT 1 FROM instances WHERE id = @0 AND parent_id IS NULL", id) == 1;

    public static bool IsTreeActive(SqliteSession session, string rootId) =>
        session.Number($"SELECT EXISTS (SELECT 1 FROM instances WHERE root_id = @0 AND {IsActive})", rootId) == 1;

    /// <summary>The tree of an instance that has not ended; null: there is none.</summary>
    public static string? ActiveRootOf(SqliteSession session, string id) =>
        session.Find($"SELECT root_id FROM instances WHERE id = @0 AND {IsActive}", row => row.GetString(0), id);

    public static List<string> ActiveChildrenOf(SqliteSession session, string id) =>
        session.Query($"SELECT id FROM instances WHERE parent_id = @0 AND {IsActive}", row => row.GetString(0), id);

    public static string? ParentOf(SqliteSession session, string id) =>
        session.Find("SELECT parent_id FROM instances WHERE id = @0 AND parent_id IS NOT NULL", row => row.GetString(0), id);

    public static IReadOnlyList<StoredInstance> ActiveOf(SqliteSession session, string rootId)
    {
        var rows = session.Query(
            $"""
            SELECT id, root_id, name, parent_id, parent_execution, parent_task, execution, custom_status
            FROM instances WHERE root_id = @0 AND {IsActive} ORDER BY id
            """,
            row => new StoredInstance(
                new InstanceIdentity(row.GetString(0), row.GetString(1), row.GetString(2), ParentOf(row)), row.GetInt32(6), TextOf(row, 7), []),
            rootId);
        return [.. rows.Select(row => row with { History = HistoryTable.Read(session, row.Identity.Id) })];
    }

    /// <summary>An instance and all below it, whether they have ended or not.</summary>
    public static List<InstanceRow> Descendants(SqliteSession session, string id) => session.Query(
        $"""
        WITH RECURSIVE tree (id) AS (
            SELECT id FROM instances WHERE id = @0
            UNION
            SELECT child.id FROM instances AS child JOIN tree ON child.parent_id = tree.id)
        SELECT id, NOT ({IsActive}) FROM instances WHERE id IN (SELECT id FROM tree)
        """,
        row => new InstanceRow(row.GetString(0), row.GetBoolean(1)),
        id);

    public static void Delete(SqliteSession session, string id) => session.Execute("DELETE FROM instances WHERE id = @0", id);

    private static ParentLink? ParentOf(SqliteDataReader row) =>
        row.IsDBNull(3) ? null : new ParentLink(row.GetString(3), row.GetInt32(4), row.GetInt32(5));

    private static string? TextOf(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>An instance's id, and whether it has ended.</summary>
internal sealed record InstanceRow(string Id, bool HasEnded);
