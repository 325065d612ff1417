using System.Globalization;

namespace Fanout.Embedded.Storage;

/// <summary>The tables, and how a file of an earlier version is brought to this one. Times are UTC ticks.</summary>
internal static class SqliteSchema
{
    /// <summary>The script at index n takes a file from version n to n + 1. Never change one that was released: append.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE instances (
            id TEXT PRIMARY KEY,
            root_id TEXT NOT NULL,
            parent_id TEXT,
            parent_execution INTEGER,
            parent_task INTEGER,
            name TEXT NOT NULL,
            execution INTEGER NOT NULL,
            status INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            output TEXT,
            custom_status TEXT,
            failure_type TEXT,
            failure_message TEXT,
            history_length INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX instances_by_root ON instances (root_id, status);
        CREATE INDEX instances_by_parent ON instances (parent_id) WHERE parent_id IS NOT NULL;

        CREATE TABLE history (
            instance_id TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (instance_id, sequence)
        ) WITHOUT ROWID;

        -- AUTOINCREMENT: an id is never used again, so that "after this one" keeps its meaning when messages are consumed.
        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            root_id TEXT NOT NULL,
            instance_id TEXT NOT NULL,
            execution INTEGER,
            origin TEXT NOT NULL,
            event TEXT NOT NULL
        );
        CREATE INDEX inbox_by_instance ON inbox (instance_id);

        CREATE TABLE leases (
            root_id TEXT PRIMARY KEY,
            owner TEXT,
            epoch INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            spec TEXT NOT NULL,
            status TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            ended_at INTEGER,
            control TEXT NOT NULL,
            progress TEXT,
            report TEXT
        );
        CREATE INDEX runs_by_age ON runs (created_at, id);
        """,
    ];

    /// <summary>Brings a file to this version. Several processes may do so at once.</summary>
    /// <exception cref="StorageException">The file is of a newer version.</exception>
    public static void Migrate(SqliteSession session, string path)
    {
        if (VersionOf(session, path) == Migrations.Length)
            return;
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            // Another process may have been first: what counts is the version under the lock.
            for (var version = VersionOf(session, path); version < Migrations.Length; version++)
            {
                session.Execute(Migrations[version]);
                session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1}"));
            }

            session.Execute("COMMIT");
        }
        catch
        {
            session.Execute("ROLLBACK");
            throw;
        }
    }

    private static long VersionOf(SqliteSession session, string path)
    {
        var version = session.Number("PRAGMA user_version");
        return version <= Migrations.Length
            ? version
            : throw new StorageException(
                $"{path}: it was written by a newer version of Fanout (schema {version}; this one knows up to {Migrations.Length}). "
                + "Update Fanout, or choose another home.");
    }
}
