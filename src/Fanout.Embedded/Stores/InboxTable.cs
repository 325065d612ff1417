using Fanout.Embedded.History;
using Fanout.Embedded.Storage;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Stores;

/// <summary>Statements over <c>inbox</c>.</summary>
internal static class InboxTable
{
    private const string Columns = "SELECT id, root_id, instance_id, execution, event FROM inbox ";

    /// <summary>Null: the instance does not exist or has ended.</summary>
    public static InboxMessage? TryInsert(SqliteSession session, OutgoingMessage message, string origin)
    {
        if (InstanceTable.ActiveRootOf(session, message.InstanceId) is not { } rootId)
            return null;
        var id = session.Number(
            "INSERT INTO inbox (root_id, instance_id, execution, origin, event) VALUES (@0, @1, @2, @3, @4) RETURNING id",
            rootId, message.InstanceId, message.Execution, origin, HistoryJson.Write(message.Event));
        return new InboxMessage(id, rootId, message.InstanceId, message.Execution, message.Event);
    }

    public static IReadOnlyList<InboxMessage> After(SqliteSession session, long id, string exceptOrigin) =>
        session.Query(Columns + "WHERE id > @0 AND origin <> @1 ORDER BY id", Read, id, exceptOrigin);

    public static IReadOnlyList<InboxMessage> OfTree(SqliteSession session, string rootId) =>
        session.Query(Columns + "WHERE root_id = @0 ORDER BY id", Read, rootId);

    public static long LastId(SqliteSession session) => session.Number("SELECT seq FROM sqlite_sequence WHERE name = 'inbox'");

    public static void Delete(SqliteSession session, long id) => session.Execute("DELETE FROM inbox WHERE id = @0", id);

    public static void DeleteOf(SqliteSession session, string instanceId) =>
        session.Execute("DELETE FROM inbox WHERE instance_id = @0", instanceId);

    private static InboxMessage Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.IsDBNull(3) ? null : row.GetInt32(3),
        (ReceivedEvent)HistoryJson.Read(row.GetString(4)));
}
