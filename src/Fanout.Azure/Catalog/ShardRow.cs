using System.Text.Json;
using Azure.Data.Tables;
using Fanout.Runs;
using Fanout.Serialization;

namespace Fanout.Azure.Catalog;

/// <summary>What one of those who count says of a run, as a row in the run's partition: nobody else writes it.</summary>
internal static class ShardRow
{
    private const string Prefix = "shard-";

    public static bool Is(TableEntity row) => row.RowKey.StartsWith(Prefix, StringComparison.Ordinal);

    /// <param name="runId">The run.</param>
    /// <param name="shard">What it says.</param>
    /// <param name="owner">Who says it, if it drives the run.</param>
    public static TableEntity Write(string runId, ProgressShard shard, string? owner)
    {
        var row = new TableEntity(runId, KeyOf(shard.Shard))
        {
            ["Shard"] = shard.Shard,
            ["Progress"] = JsonSerializer.Serialize(shard.Progress, FanoutJson.Options),
        };
        if (owner is not null)
            row["Owner"] = owner;
        return row;
    }

    public static ProgressShard Read(TableEntity row) =>
        new(row.GetString("Shard"), JsonSerializer.Deserialize<RunProgress>(row.GetString("Progress"), FanoutJson.Options)!);

    /// <summary>Who drives the run and said so in this row; null: nobody did.</summary>
    public static string? Owner(TableEntity row) => row.GetString("Owner");

    // Keys may not have every character; a percent sign in one is escaped once too often by some who stand in between.
    private static string KeyOf(string shard) => Prefix + Uri.EscapeDataString(shard).Replace('%', '=');
}
