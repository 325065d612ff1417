using System.Text;
using Fanout.Embedded.History;
using Fanout.Embedded.Storage;

namespace Fanout.Embedded.Stores;

/// <summary>Statements over <c>history</c>.</summary>
internal static class HistoryTable
{
    /// <returns>How much that is, in bytes of UTF-8.</returns>
    public static long Append(SqliteSession session, string instanceId, int first, IReadOnlyList<HistoryEvent> events)
    {
        var bytes = 0L;
        for (var i = 0; i < events.Count; i++)
        {
            var json = HistoryJson.Write(events[i]);
            session.Execute("INSERT INTO history (instance_id, sequence, event) VALUES (@0, @1, @2)", instanceId, (long)(first + i), json);
            bytes += Encoding.UTF8.GetByteCount(json);
        }

        return bytes;
    }

    public static List<HistoryEvent> Read(SqliteSession session, string instanceId) => session.Query(
        "SELECT event FROM history WHERE instance_id = @0 ORDER BY sequence", row => HistoryJson.Read(row.GetString(0)), instanceId);

    public static void Delete(SqliteSession session, string instanceId) =>
        session.Execute("DELETE FROM history WHERE instance_id = @0", instanceId);
}
