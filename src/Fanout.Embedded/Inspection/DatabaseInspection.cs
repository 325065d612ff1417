using System.Diagnostics;
using System.Globalization;
using Fanout.Doctor;
using Fanout.Embedded.Storage;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Inspection;

/// <summary>Looks at a database's pages and tables without changing it or its files.</summary>
/// <param name="home">The home's directory.</param>
/// <param name="file">Which database.</param>
internal sealed class DatabaseInspection(string home, SqliteFile file)
{
    private const int MostErrors = 10;
    private const int Attempts = 3;
    private const int InstructionsBetweenLooks = 100;
    private const int BusyMilliseconds = 2_000;
    private const int ReadOnly = 8, Interrupted = 9, Corrupt = 11, NotADatabase = 26; // https://sqlite.org/rescode.html

    private readonly string _path = Path.Combine(home, file.Name);

    private string LogPath => _path + "-wal";

    /// <summary>Looks.</summary>
    /// <param name="patience">How long the look at its pages may take.</param>
    /// <param name="read">Reads its tables, if they are of a version that is known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public DatabaseReport Look(TimeSpan patience, Action<SqliteSession> read, CancellationToken cancellationToken)
    {
        var report = new DatabaseReport
        {
            File = file.Name,
            Bytes = SizeOf(_path),
            LogBytes = SizeOf(LogPath),
            KnownSchema = file.Migrations.Count,
            Integrity = DatabaseIntegrity.Unknown,
        };
        for (var attempt = 1; ; attempt++)
        {
            // A log without its index: reading it would make one.
            if (File.Exists(LogPath) && !File.Exists(_path + "-shm"))
                return report with { Errors = ["its write-ahead log has no index, as of a home that was copied: it could not be read without changing the home"] };
            var before = Stamp();
            var seen = Look(report, WaysToOpen(before.HasLog), patience, read, cancellationToken);
            // One that nobody had open was read as one that does not change. If somebody came meanwhile, what was seen may be of two states.
            if (before.HasLog || before == Stamp() || attempt == Attempts)
                return seen;
        }
    }

    private DatabaseReport Look(DatabaseReport report, ReadOnlySpan<string> ways, TimeSpan patience, Action<SqliteSession> read, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = Open(ways[0]);
            using var session = new SqliteSession(connection);
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyMilliseconds}"));
            var schema = session.Number("PRAGMA user_version");
            report = report with { Schema = schema, Pages = session.Number("PRAGMA page_count"), FreePages = session.Number("PRAGMA freelist_count") };
            report = Check(report, connection, session, patience, cancellationToken);
            if (schema >= 1 && schema <= file.Migrations.Count && report.Integrity != DatabaseIntegrity.Damaged)
                read(session);
            return report;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == ReadOnly && ways.Length > 1)
        {
            return Look(report, ways[1..], patience, read, cancellationToken);
        }
        catch (SqliteException error)
        {
            var isDamaged = error.SqliteErrorCode is Corrupt or NotADatabase;
            return report with { Integrity = isDamaged ? DatabaseIntegrity.Damaged : DatabaseIntegrity.Unknown, Errors = [Explain(error)] };
        }
    }

    private static DatabaseReport Check(DatabaseReport report, SqliteConnection connection, SqliteSession session, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        SQLitePCL.raw.sqlite3_progress_handler(
            connection.Handle, InstructionsBetweenLooks, _ => cancellationToken.IsCancellationRequested || Stopwatch.GetElapsedTime(began) >= patience ? 1 : 0, null);
        try
        {
            var lines = session.Query(string.Create(CultureInfo.InvariantCulture, $"PRAGMA integrity_check({MostErrors})"), row => row.GetString(0));
            return lines is ["ok"]
                ? report with { Integrity = DatabaseIntegrity.Whole }
                : report with { Integrity = DatabaseIntegrity.Damaged, Errors = [.. lines.Select(line => line.Replace('\n', ' '))] };
        }
        catch (SqliteException error) when (error.SqliteErrorCode == Interrupted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return report with { Integrity = DatabaseIntegrity.Unfinished };
        }
        finally
        {
            SQLitePCL.raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }

    // Opened for reading only, SQLite still makes the log and its index where they are missing, and leaves them behind. As a file that does not change
    // it makes nothing, and asks for no lock. With a log that a killed process left, the index is made in memory; only where processes are at work, and
    // none of them has noted in it which state it reads, this one must: https://sqlite.org/uri.html, https://sqlite.org/wal.html#readonly
    private static string[] WaysToOpen(bool hasLog) => hasLog ? ["readonly_shm=1", ""] : ["immutable=1"];

    private SqliteConnection Open(string way)
    {
        var uri = $"file:{string.Join('/', _path.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString))}?{way}";
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = uri, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 1 }.ConnectionString);
        connection.Open();
        return connection;
    }

    private (bool HasLog, long Bytes, DateTime Written) Stamp() => (File.Exists(LogPath), SizeOf(_path), File.GetLastWriteTimeUtc(_path));

    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } info ? info.Length : 0;

    private static string Explain(SqliteException error) => error.SqliteErrorCode switch
    {
        NotADatabase => "this is not a Fanout database",
        Corrupt => "the database is damaged",
        _ => error.Message,
    };
}
