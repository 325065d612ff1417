using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Storage;

/// <summary>
/// A database of a home: one thread that writes, and a few connections that read. Writes that wait at the same time become one transaction
/// (group commit); each sees what those before it wrote.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxReaders = 4;
    // SQLite's lock goes to whoever asks at the right moment: among many processes on a busy machine one may have to ask for long.
    private static readonly TimeSpan DefaultBusyTimeout = TimeSpan.FromMinutes(1);
    private readonly SqliteFile _file;
    private readonly TimeSpan _busyTimeout;
    private readonly WriterThread _writer;
    private readonly SemaphoreSlim _readerSlots = new(MaxReaders);
    private readonly Stack<SqliteSession> _readers = new();

    private SqliteDatabase(SqliteFile file, string path, SqliteSession writer, TimeSpan busyTimeout)
    {
        _file = file;
        _busyTimeout = busyTimeout;
        Path = path;
        _writer = new WriterThread(path, writer);
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Transactions committed by this object.</summary>
    public long Transactions => _writer.Transactions;

    /// <summary>Opens a home's database of runs, creating what is missing.</summary>
    /// <param name="home">Its directory.</param>
    /// <param name="busyTimeout">How long to wait for another process's transaction. Default: 1 min.</param>
    /// <exception cref="StorageException">The home cannot be used.</exception>
    public static SqliteDatabase Open(string home, TimeSpan? busyTimeout = null) => Open(home, SqliteFile.Runs, busyTimeout);

    /// <summary>Opens a database of a home, creating what is missing.</summary>
    /// <param name="home">Its directory.</param>
    /// <param name="file">Which database.</param>
    /// <param name="busyTimeout">How long to wait for another process's transaction. Default: 1 min.</param>
    /// <exception cref="StorageException">The home cannot be used.</exception>
    public static SqliteDatabase Open(string home, SqliteFile file, TimeSpan? busyTimeout = null)
    {
        var patience = busyTimeout ?? DefaultBusyTimeout;
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(home, file.Name));
        CreateHome(System.IO.Path.GetDirectoryName(path)!);
        SqliteSession? session = null;
        try
        {
            session = Connect(file, path, SqliteOpenMode.ReadWriteCreate, patience);
            if (session.IsReadOnly)
                throw new StorageException($"{path}: it cannot be written. Make the file and its directory writable, or choose another home.");
            session.Execute("PRAGMA journal_mode = WAL");
            SqliteSchema.Migrate(session, path, file.Migrations);
            return new SqliteDatabase(file, path, session, patience);
        }
        catch (SqliteException e)
        {
            session?.Dispose();
            throw SqliteErrors.ToStorageException(e, path);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Runs work in a write transaction, perhaps together with others'. It runs again when one of them fails, so it must only read and write the session.</summary>
    /// <param name="work">The work.</param>
    /// <param name="synced">
    /// Where commits are synced at all. False: this one need not be, as nothing outside the database follows from it. It survives the process's end all the
    /// same, and a loss of power once a later one is synced: what is lost is always the last.
    /// </param>
    /// <exception cref="StorageException">The database cannot be written; nothing of the work was.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, bool synced = true)
    {
        var write = new SqliteWork<T>(work) { IsSynced = synced && _file.SyncsEveryCommit };
        _writer.Add(write);
        return write.Result;
    }

    /// <summary>Runs a read in a snapshot of its own. Reads are short; they run on the caller's thread.</summary>
    /// <exception cref="StorageException">The database cannot be read.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> work) => UseReaderAsync(session =>
    {
        session.Execute("BEGIN");
        var result = work(session);
        session.Execute("COMMIT");
        return result;
    });

    /// <summary>
    /// Makes what was committed before survive a loss of power, where not every commit does by itself: a checkpoint syncs the write-ahead log before
    /// it copies anything (https://sqlite.org/c3ref/wal_checkpoint_v2.html).
    /// </summary>
    /// <exception cref="StorageException">The database cannot be written.</exception>
    public Task SyncAsync() => UseReaderAsync(session => session.Number("PRAGMA wal_checkpoint(FULL)"));

    /// <summary>Finishes the writes that wait and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        lock (_readers)
        {
            while (_readers.TryPop(out var reader))
                reader.Dispose();
        }
    }

    private async Task<T> UseReaderAsync<T>(Func<SqliteSession, T> work)
    {
        await _readerSlots.WaitAsync();
        try
        {
            return UseReader(work);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.ToStorageException(e, Path);
        }
        finally
        {
            _readerSlots.Release();
        }
    }

    private T UseReader<T>(Func<SqliteSession, T> work)
    {
        SqliteSession? reader;
        lock (_readers)
        {
            ObjectDisposedException.ThrowIf(_writer.IsClosed, this);
            _readers.TryPop(out reader);
        }

        reader ??= Connect(_file, Path, SqliteOpenMode.ReadWrite, _busyTimeout);
        var kept = false;
        try
        {
            var result = work(reader);
            lock (_readers)
            {
                kept = !_writer.IsClosed;
                if (kept)
                    _readers.Push(reader);
            }

            return result;
        }
        finally
        {
            // A reader that failed may be left in a transaction: it is not used again.
            if (!kept)
                reader.Dispose();
        }
    }

    private static SqliteSession Connect(SqliteFile file, string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            ForeignKeys = false,
            // SQLite itself waits for locks (busy_timeout); the client's own coarser retry on top should end soon.
            DefaultTimeout = 1,
        }.ConnectionString);
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(int)busyTimeout.TotalMilliseconds}"));
            session.SyncsCommits = file.SyncsEveryCommit;
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CreateHome(string home)
    {
        try
        {
            Directory.CreateDirectory(home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                File.Exists(home)
                    ? $"{home}: this is a file, and a home is a directory. Choose another home."
                    : $"{home}: the home cannot be created ({e.Message}). Create it, or choose another home.",
                e);
        }
    }
}
