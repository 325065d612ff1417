using Microsoft.Data.Sqlite;

namespace Fanout.Embedded.Storage;

/// <summary>One connection with its prepared statements. Parameters are positional: <c>@0</c>, <c>@1</c>, …. Not thread-safe.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private bool? _syncsCommits;

    /// <summary>True when SQLite could open the file for reading only.</summary>
    public bool IsReadOnly => SQLitePCL.raw.sqlite3_db_readonly(connection.Handle!, "main") == 1;

    /// <summary>
    /// True: a commit syncs the write-ahead log, and with it all that was committed before. False: it only writes it. To be set between transactions.
    /// </summary>
    public bool SyncsCommits
    {
        set
        {
            if (_syncsCommits == value)
                return;
            // This pragma takes effect when it is prepared, and only then: it is none of the statements that are prepared once.
            using var command = connection.CreateCommand();
            command.CommandText = value ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
            command.ExecuteNonQuery();
            _syncsCommits = value;
        }
    }

    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>The rows of a query.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first row of a query; null: it has none.</summary>
    public T? Find<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> arguments)
        where T : class
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read() ? read(reader) : null;
    }

    /// <summary>The first column of the first row, a number; 0: there is none.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> arguments) =>
        Prepare(sql, arguments).ExecuteScalar() is long number ? number : 0;

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            SetText(command, sql);
            for (var i = 0; i < arguments.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" });
            _statements.Add(sql, command);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = command.Parameters[i];
            parameter.ResetSqliteType();
            parameter.Value = arguments[i] ?? DBNull.Value;
        }

        return command;
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security", "CA2100", Justification = "Every statement is a constant of this assembly; values are parameters.")]
    private static void SetText(SqliteCommand command, string sql) => command.CommandText = sql;
}
