using Fanout.Embedded.Storage;

namespace Fanout.Embedded.Stores;

/// <summary>Statements over <c>leases</c>. A lease that was given back keeps its row, so that epochs only grow.</summary>
internal static class LeaseTable
{
    public static Lease Grant(SqliteSession session, string rootId, LeaseClaim claim)
    {
        session.Execute(
            """
            INSERT INTO leases (root_id, owner, epoch, expires_at) VALUES (@0, @1, 1, @2)
            ON CONFLICT (root_id) DO UPDATE SET owner = excluded.owner, epoch = epoch + 1, expires_at = excluded.expires_at
            """,
            rootId, claim.Owner, claim.ExpiresAt.UtcTicks);
        return new Lease(rootId, claim.Owner, session.Number("SELECT epoch FROM leases WHERE root_id = @0", rootId));
    }

    /// <summary>Who has the lease against a claim; null: it is free to take.</summary>
    public static string? HolderOf(SqliteSession session, string rootId, LeaseClaim claim) =>
        FindOwner(session, rootId, claim.Now) is { } owner && !claim.IsDead(owner) ? owner : null;

    /// <summary>Who holds the lease, dead or alive; null: nobody does.</summary>
    public static string? FindOwner(SqliteSession session, string rootId, DateTimeOffset now) => session.Find(
        "SELECT owner FROM leases WHERE root_id = @0 AND owner IS NOT NULL AND expires_at > @1", row => row.GetString(0), rootId, now.UtcTicks);

    public static bool Holds(SqliteSession session, Lease lease) => session.Number(
        "SELECT 1 FROM leases WHERE root_id = @0 AND owner = @1 AND epoch = @2", lease.RootId, lease.Owner, lease.Epoch) == 1;

    /// <summary>False: somebody else has claimed it.</summary>
    public static bool Renew(SqliteSession session, Lease lease, DateTimeOffset expiresAt) =>
        session.Execute(
            "UPDATE leases SET expires_at = @3 WHERE root_id = @0 AND owner = @1 AND epoch = @2",
            lease.RootId, lease.Owner, lease.Epoch, expiresAt.UtcTicks) == 1
        || session.Number("SELECT 1 FROM leases WHERE root_id = @0 AND owner IS NULL AND epoch = @1", lease.RootId, lease.Epoch) == 1;

    public static void Release(SqliteSession session, Lease lease) => session.Execute(
        "UPDATE leases SET owner = NULL, expires_at = 0 WHERE root_id = @0 AND owner = @1 AND epoch = @2",
        lease.RootId, lease.Owner, lease.Epoch);

    public static void Delete(SqliteSession session, string rootId) =>
        session.Execute("DELETE FROM leases WHERE root_id = @0", rootId);
}
