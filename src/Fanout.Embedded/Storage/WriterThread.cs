using System.Diagnostics;
using Fanout.Embedded.Telemetry;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Storage;

/// <summary>
/// The one thread that writes a database. It takes all work that waits, up to a limit, and commits it as one transaction. When that
/// fails, each piece is tried by itself, so that one piece's error is its own.
/// </summary>
internal sealed class WriterThread : IAsyncDisposable
{
    /// <summary>Pieces of work in one transaction, so that other processes get their turn.</summary>
    public const int MaxBatch = 500;

    private readonly string _path;
    private readonly SqliteSession _session;
    private readonly Queue<SqliteWork> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;
    private long _transactions;

    public WriterThread(string path, SqliteSession session)
    {
        _path = path;
        _session = session;
        new Thread(Run) { IsBackground = true, Name = "fanout-writer" }.Start();
    }

    public long Transactions => Interlocked.Read(ref _transactions);

    public bool IsClosed
    {
        get
        {
            lock (_waiting)
                return _isClosed;
        }
    }

    /// <exception cref="ObjectDisposedException">The database was closed.</exception>
    public void Add(SqliteWork work)
    {
        lock (_waiting)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteDatabase));
            _waiting.Enqueue(work);
            Monitor.Pulse(_waiting);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_waiting)
        {
            _isClosed = true;
            Monitor.Pulse(_waiting);
        }

        return new ValueTask(_ended.Task);
    }

    private void Run()
    {
        while (Take() is { Count: > 0 } batch)
        {
            if (Attempt(batch))
                continue;
            foreach (var work in batch)
                Attempt([work]);
        }

        _session.Dispose();
        _ended.SetResult();
    }

    /// <summary>What waits; empty when there is none and never will be.</summary>
    private List<SqliteWork> Take()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isClosed)
                Monitor.Wait(_waiting);
            List<SqliteWork> batch = [];
            while (batch.Count < MaxBatch && _waiting.TryDequeue(out var work))
                batch.Add(work);
            return batch;
        }
    }

    /// <summary>Does all of it or nothing. False: nothing was done, and it is to be tried piece by piece.</summary>
    private bool Attempt(List<SqliteWork> batch)
    {
        try
        {
            Commit(batch);
        }
        catch (Exception e)
        {
            RollBack();
            if (batch.Count > 1)
                return false;
            batch[0].Fail(e is SqliteException error ? SqliteErrors.ToStorageException(error, _path) : e);
            return true;
        }

        foreach (var work in batch)
            work.Publish();
        return true;
    }

    private void Commit(List<SqliteWork> batch)
    {
        var since = Stopwatch.GetTimestamp();
        _session.SyncsCommits = batch.Exists(work => work.IsSynced);
        _session.Execute("BEGIN IMMEDIATE");
        foreach (var work in batch)
            work.Run(_session);
        _session.Execute("COMMIT");
        Interlocked.Increment(ref _transactions);
        StoreInstruments.TransactionDuration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
        StoreInstruments.TransactionSize.Record(batch.Count);
    }

    private void RollBack()
    {
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already (a full disk, an I/O error), or the transaction never began.
        }
    }
}
