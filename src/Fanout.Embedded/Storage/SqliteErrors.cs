using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Storage;

/// <summary>What SQLite's errors mean for the person whose home it is. Codes: https://sqlite.org/rescode.html</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static StorageException ToStorageException(SqliteException error, string path) =>
        new($"{path}: {Explain(error, path)}", error);

    private static string Explain(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        Full => "the disk is full; nothing that was recorded is lost. Free some space, then resume.",
        IoError => $"reading or writing failed ({error.Message}). Check the disk and its free space, then resume.",
        ReadOnly => "it cannot be written. Make the file and its directory writable, or choose another home.",
        CannotOpen => $"it cannot be opened. Check that {Path.GetDirectoryName(path)} is a directory this user can write, or choose another home.",
        Corrupt => "the database is damaged. Restore it from a backup, or move it away to begin with an empty one; results already written are still readable.",
        NotADatabase => "this is not a Fanout database. Move the file away, or choose another home.",
        Busy or Locked => "another process has kept it locked for too long. End that process, or try again.",
        _ => $"SQLite reported error {error.SqliteErrorCode}: {error.Message}",
    };
}
