using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Fanout.Azure.Tables;
using Fanout.Runs;

namespace Fanout.Azure.Catalog;

/// <summary>
/// All runs in one partition, newest first. A run's entry is written before the run and deleted after it, so that every run has one; of one that has
/// ended it is a copy of the run, which cannot change any more, and of others only its name: their own rows tell.
/// </summary>
/// <remarks>
/// An entry whose run is not there is passed over. It is of an add or a deletion that did not come to its end; whoever lists clears it away, the former
/// after a day. An entry that does not know yet that its run has ended is brought up to date by whoever lists, unless the run is being deleted.
/// </remarks>
internal sealed class RunIndex(HubTable table)
{
    /// <summary>No run has this id.</summary>
    private const string Partition = "~runs";

    private const string Open = "open";
    private const string Ended = "ended";
    private const string Deleting = "deleting";

    /// <summary>Adds an entry; one that is there already stays.</summary>
    public Task AddAsync(string runId, DateTimeOffset createdAt, CancellationToken cancellationToken) =>
        table.TryInsertAsync(Entry(runId, createdAt, Open), cancellationToken);

    /// <summary>Copies a run that has ended into its entry, if that is still what it was, or still there.</summary>
    public Task EndAsync(TableEntity run, TableEntity? changes, ETag was, CancellationToken cancellationToken) =>
        table.TryUpdateAsync(EndedEntry(run, changes), was, TableUpdateMode.Replace, cancellationToken);

    /// <summary>The entry of a run that has ended.</summary>
    public static TableEntity EndedEntry(TableEntity run, TableEntity? changes)
    {
        var entry = RunRow.Copy(run, changes, Partition, KeyOf(RunRow.CreatedAt(run), run.PartitionKey));
        entry["State"] = Ended;
        return entry;
    }

    /// <summary>Says that the run is about to be deleted: from now on only its own row tells whether it is there.</summary>
    public Task StrikeAsync(string runId, DateTimeOffset createdAt, CancellationToken cancellationToken) =>
        table.TryUpdateAsync(Entry(runId, createdAt, Deleting), ETag.All, TableUpdateMode.Replace, cancellationToken);

    /// <summary>Deletes an entry.</summary>
    public Task RemoveAsync(string runId, DateTimeOffset createdAt, CancellationToken cancellationToken) =>
        table.TryDeleteAsync(Partition, KeyOf(createdAt, runId), ETag.All, cancellationToken);

    /// <summary>Entries of runs that may have one of these statuses, in pages: those that have ended otherwise are left out, of the others only their rows know.</summary>
    /// <param name="after">Only older ones than this; null: all.</param>
    /// <param name="statuses">Null: any.</param>
    /// <param name="pageSize">Entries a page at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryAsync(
        (string RunId, DateTimeOffset CreatedAt)? after, IReadOnlyList<RunStatus>? statuses, int pageSize, CancellationToken cancellationToken)
    {
        var filter = new StringBuilder(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"));
        if (after is var (runId, createdAt))
            filter.Append(" and ").Append(TableClient.CreateQueryFilter($"RowKey gt {KeyOf(createdAt, runId)}"));
        if (statuses is not null)
        {
            var may = statuses.Where(status => status.IsFinal()).Select(status => TableClient.CreateQueryFilter($"Status eq {status.ToString()}"));
            filter.Append(CultureInfo.InvariantCulture, $" and ({string.Join(" or ", may.Prepend($"State ne '{Ended}'"))})");
        }

        return table.QueryAsync(filter.ToString(), pageSize, cancellationToken);
    }

    /// <summary>The run an entry is of.</summary>
    public static string RunIdOf(TableEntity entry) => entry.GetString("Id");

    /// <summary>True: the entry is the run.</summary>
    public static bool IsEnded(TableEntity entry) => entry.GetString("State") == Ended;

    /// <summary>True: the entry may be brought up to date.</summary>
    public static bool IsOpen(TableEntity entry) => entry.GetString("State") == Open;

    private static TableEntity Entry(string runId, DateTimeOffset createdAt, string state) =>
        new(Partition, KeyOf(createdAt, runId)) { ["Id"] = runId, ["CreatedAt"] = createdAt.UtcTicks, ["State"] = state };

    // Ascending keys, descending times and, at the same time, ids: each character's complement, and an end that comes after all of them.
    private static string KeyOf(DateTimeOffset createdAt, string runId)
    {
        var key = new StringBuilder();
        key.Append(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - createdAt.UtcTicks:D19}-");
        foreach (var character in Encoding.UTF8.GetBytes(runId))
            key.Append((0xFF - character).ToString("x2", CultureInfo.InvariantCulture));
        return key.Append('~').ToString();
    }
}
