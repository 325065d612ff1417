using Fanout.Doctor;
using Fanout.Embedded.Storage;
using Fanout.Runs;
using Fanout.Serialization;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Inspection;

/// <summary>Looks at the runs in a database: columns that every version has.</summary>
internal static class RunInspection
{
    private const int MostShown = 100;

    public static RunsReport Look(SqliteSession session, DateTimeOffset now)
    {
        var leases = session.Query("SELECT root_id, owner, expires_at FROM leases WHERE owner IS NOT NULL", row => Lease.Read(row, now));
        var driven = leases.Where(lease => lease.IsHeld).Select(lease => lease.RunId).ToHashSet(StringComparer.Ordinal);
        var unended = session.Query("SELECT id, created_at, started_at, control FROM runs WHERE report IS NULL ORDER BY created_at, id", Unended.Read)
            .Where(run => !driven.Contains(run.Shown.Id)).ToList();
        return new RunsReport
        {
            ByStatus = session.Query("SELECT status, COUNT(*) FROM runs GROUP BY status ORDER BY status", row => (row.GetString(0), row.GetInt64(1))).ToDictionary(StringComparer.Ordinal),
            Drivers = leases.Where(lease => lease.IsHeld).GroupBy(lease => ProcessOwner.Display(lease.Owner), StringComparer.Ordinal)
                .ToDictionary(process => process.Key, process => (long)process.Count(), StringComparer.Ordinal),
            Interrupted = [.. unended.Where(run => run.HasStarted).Select(run => run.Shown).Take(MostShown)],
            Waiting = [.. unended.Where(run => !run.HasStarted).Select(run => run.Shown).Take(MostShown)],
            LeasesLeftBehind = leases.Count(lease => !lease.IsHeld),
            Orchestrations = session.Number("SELECT COUNT(*) FROM instances WHERE status < 2"),
            Messages = session.Number("SELECT COUNT(*) FROM inbox"),
        };
    }

    private sealed record Lease(string RunId, string Owner, bool IsHeld)
    {
        public static Lease Read(SqliteDataReader row, DateTimeOffset now) =>
            new(row.GetString(0), row.GetString(1), row.GetInt64(2) > now.UtcTicks && !ProcessOwner.IsDead(row.GetString(1)));
    }

    private sealed record Unended(WaitingRun Shown, bool HasStarted)
    {
        public static Unended Read(SqliteDataReader row)
        {
            var control = System.Text.Json.JsonSerializer.Deserialize<RunControl>(row.GetString(3), FanoutJson.Options)!;
            return new Unended(
                new WaitingRun(row.GetString(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero), control is { Paused: true, Stop: null }), !row.IsDBNull(2));
        }
    }
}
