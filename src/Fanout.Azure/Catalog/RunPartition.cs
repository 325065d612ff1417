using Azure.Data.Tables;
using Fanout.Runs;

namespace Fanout.Azure.Catalog;

/// <summary>All rows of one run, as one query gives them: its own, and one for each of those who count.</summary>
/// <param name="rows">The rows of the run's partition.</param>
internal sealed class RunPartition(IReadOnlyList<TableEntity> rows)
{
    /// <summary>The run's own row; null: there is no such run.</summary>
    public TableEntity? Run { get; } = rows.FirstOrDefault(row => row.RowKey == RunRow.Key);

    /// <summary>The keys of all other rows.</summary>
    public IReadOnlyList<string> OtherKeys => [.. rows.Select(row => row.RowKey).Where(key => key != RunRow.Key)];

    /// <summary>What all who count come to; null: nobody has yet.</summary>
    public RunProgress? Progress(DateTimeOffset now) => RunProgress.Merge(rows.Where(ShardRow.Is).Select(ShardRow.Read), now);

    /// <summary>Who drives the run by what is written here, as leases name it; null: nobody who is known to be alive.</summary>
    public string? Owner(DateTimeOffset now) => rows.Where(ShardRow.Is)
        .Where(row => ShardRow.Owner(row) is { } owner && !ProcessOwner.IsDeadHere(owner) && ShardRow.Read(row).IsFresh(now))
        .Select(ShardRow.Owner)
        .FirstOrDefault();
}
