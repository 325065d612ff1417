using System.Text.Json;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Serialization;
using Fanout.Sources;
using Microsoft.Data.Sqlite;

namespace Fanout.Embedded;

/// <summary>
/// Compiles beforehand what a home and a run will need. Most of the time from a process's start to its first item goes into compiling, on one
/// thread; with a second processor a part of that is done meanwhile.
/// </summary>
public static class Warmup
{
    /// <summary>Begins, on a thread of the pool, and touches no file. For programs that start for one run: to be called first, and not waited for.</summary>
    /// <returns>Completes when it is done; failures of it are none of the program's.</returns>
    public static Task BeginAsync() => Task.Run(static () =>
    {
        QuerySqlite();
        Exchange(new RunInput("r", Reduce: null, Deadline: null));
        Exchange(new BatchInput("r", "b", new SourcePlan(1, ""), 0, 1, [new PendingItem(0, 1, null)], Lane: 0, Lanes: 1, SliceFraction: 1));
        Exchange(new BatchResult { End = BatchEnd.RangeDone, Next = 1, Pending = [], Tally = Tally.Zero });
        Exchange(new BranchResult(Tally.Zero, [], Stop: null, Message: null));
    });

    private static void QuerySqlite()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT $value";
        command.Parameters.AddWithValue("$value", 1L);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            _ = reader.GetInt64(0);
    }

    private static void Exchange<T>(T value) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.SerializeToUtf8Bytes(value, FanoutJson.Options), FanoutJson.Options);
}
