namespace Fanout.Embedded.Storage;

/// <summary>A file of a home: its tables, and what a commit in it is worth. Times are UTC ticks.</summary>
/// <param name="Name">Its name in the home.</param>
/// <param name="Migrations">The script at index n takes a file from version n to n + 1. Never change one that was released: append.</param>
/// <param name="SyncsEveryCommit">
/// True: a commit that came back survives a loss of power. False: only the process's end; the last commits before a loss of power may be undone,
/// in order, unless <see cref="SqliteDatabase.SyncAsync"/> was called after them.
/// </param>
internal sealed record SqliteFile(string Name, IReadOnlyList<string> Migrations, bool SyncsEveryCommit)
{
    /// <summary>
    /// Runs and what engines know of them. Synced: else the last commits could be taken back, and with them the knowledge of what parts and
    /// checkpoints, which are synced, already count. Group commit makes it one sync for many turns.
    /// </summary>
    public static SqliteFile Runs { get; } = new(
        "fanout.db",
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
            """
            -- Of a run that has not ended, a row for each of those who count; of one that has, what they came to is in runs.progress.
            CREATE TABLE progress (
                run_id TEXT NOT NULL,
                shard TEXT NOT NULL,
                progress TEXT NOT NULL,
                PRIMARY KEY (run_id, shard)
            ) WITHOUT ROWID;
            INSERT INTO progress (run_id, shard, progress) SELECT id, '', progress FROM runs WHERE progress IS NOT NULL AND report IS NULL;
            UPDATE runs SET progress = NULL WHERE report IS NULL;
            """,
            "ALTER TABLE runs ADD COLUMN announcement TEXT;",
            "ALTER TABLE runs ADD COLUMN trace_parent TEXT;",
        ],
        SyncsEveryCommit: true);

    /// <summary>
    /// Limits and who has what share of them, in a file of its own: every process renews its shares ten times a second, which must neither wait for
    /// turns nor hold them up, and a share is worth nothing after a loss of power, which ends every process that had one.
    /// </summary>
    public static SqliteFile Limits { get; } = new(
        "limits.db",
        [
            """
            CREATE TABLE limits (
                name TEXT PRIMARY KEY,
                ledger TEXT NOT NULL
            ) WITHOUT ROWID;
            """,
        ],
        SyncsEveryCommit: false);
}
