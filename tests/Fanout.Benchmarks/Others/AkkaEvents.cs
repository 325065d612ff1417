using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;
using Microsoft.Data.Sqlite;

namespace Fanout.Benchmarks.Others;

/// <summary>
/// Akka.Persistence on SQLite: as many persistent actors as items are in flight, each of which takes an item, handles it, and persists an event. An actor
/// an item would first have its history read, for each. The journal writes ahead, as Fanout's database does.
/// </summary>
internal sealed class AkkaEvents : IContender
{
    public string Name => "akka";

    public string? Note => "Akka.Persistence on SQLite: what was handled survives a kill; no rate, no retries; results are events";

    public double NoopsPerSecond => 800;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var connection = $"Data Source={scratch.Own("akka.db")}";
        await WriteAheadAsync(connection);
        using var system = ActorSystem.Create("benchmark", Configure(connection));
        using var lines = File.ReadLines(path).Index().GetEnumerator();
        var countdown = new ItemCountdown(items);
        var queue = new ItemQueue(lines);
        var actors = Enumerable.Range(0, work.Concurrency)
            .Select(lane => system.ActorOf(Props.Create(() => new ItemActor(lane, queue, work, countdown))))
            .ToList();
        // An actor answers when its history, which is empty, was read.
        await Task.WhenAll(actors.Select(actor => actor.Ask<ItemActor.IsReady>(new ItemActor.IsReady())));
        var started = Stopwatch.GetTimestamp();
        foreach (var actor in actors)
            actor.Tell(new ItemActor.Next());
        await countdown.Done;
        var elapsed = Stopwatch.GetElapsedTime(started);
        await system.Terminate();
        SqliteConnection.ClearAllPools();
        return elapsed;
    }

    private static Config Configure(string connection) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka {
          loglevel = ERROR
          stdout-loglevel = ERROR
          persistence.journal {
            plugin = "akka.persistence.journal.sql"
            sql {
              connection-string = "{{connection}}"
              provider-name = "SQLite.MS"
            }
          }
        }
        """)).WithFallback(SqlPersistence.DefaultConfiguration);

    private static async Task WriteAheadAsync(string connection)
    {
        await using var database = new SqliteConnection(connection);
        await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        await command.ExecuteNonQueryAsync();
    }
}
