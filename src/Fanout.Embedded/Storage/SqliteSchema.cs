using System.Globalization;

namespace Fanout.Embedded.Storage;

/// <summary>How a file of an earlier version is brought to this one.</summary>
internal static class SqliteSchema
{
    /// <summary>Brings a file to this version. Several processes may do so at once.</summary>
    /// <param name="session">An open connection.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="migrations">The script at index n takes a file from version n to n + 1.</param>
    /// <exception cref="StorageException">The file is of a newer version.</exception>
    public static void Migrate(SqliteSession session, string path, IReadOnlyList<string> migrations)
    {
        if (VersionOf(session, path, migrations.Count) == migrations.Count)
            return;
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            // Another process may have been first: what counts is the version under the lock.
            for (var version = VersionOf(session, path, migrations.Count); version < migrations.Count; version++)
            {
                session.Execute(migrations[(int)version]);
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

    private static long VersionOf(SqliteSession session, string path, int known)
    {
        var version = session.Number("PRAGMA user_version");
        return version <= known
            ? version
            : throw new StorageException(
                $"{path}: it was written by a newer version of Fanout (schema {version}; this one knows up to {known}). "
                + "Update Fanout, or choose another home.");
    }
}
