using Azure;
using Azure.Data.Tables;
using CsCheck;
using Fanout.Azure.Limits;
using Fanout.Azure.Tables;
using Fanout.Flow;
using Xunit;

namespace Fanout.Azure.Tests.Limits;

public sealed class LedgerRowsTests
{
    [Fact]
    public void RowsOfTwoWrites_AreNeverTakenForALedger() => Gen.Select(Gen.Int[0, 120], Gen.Int[0, 120], Gen.Int[0, 10]).Sample((before, after, read) =>
    {
        var was = Apply([], LedgerRows.Of("a", []).ChangesTo(Ledgers.Of(before), "one"));
        var become = Apply(was, LedgerRows.Of("a", was).ChangesTo(Ledgers.Of(after), "two"));

        // A query that is overtaken by a write has some rows from before it and the rest from after it.
        List<TableEntity> seen = [.. was.Take(read), .. become.Skip(read)];

        var rows = LedgerRows.Of("a", seen);
        Assert.True(rows.IsTorn || read == 0 || (read >= was.Count && become.Count <= read));
        if (!rows.IsTorn)
            Assert.Equal(read == 0 ? after : before, rows.Ledger!.Holdings.Count);
    });

    [Fact]
    public void LedgerOf200Processes_IsSeveralRows()
    {
        var changes = LedgerRows.Of("a", []).ChangesTo(Ledgers.Of(200), "one");

        Assert.InRange(changes.Count, 2, 20);
        Assert.Equal(200, LedgerRows.Of("a", Apply([], changes)).Ledger!.Holdings.Count);
    }

    [Fact]
    public void LedgerThatCannotBeWrittenAtOnce_IsRefused()
    {
        var refused = Assert.Throws<StorageException>(() => LedgerRows.Of("a", []).ChangesTo(Ledgers.Of(5_000), "one"));

        Assert.StartsWith("Limit 'a' has too many processes and runs under it", refused.Message, StringComparison.Ordinal);
    }

    private static List<TableEntity> Apply(IReadOnlyList<TableEntity> rows, IReadOnlyList<TableTransactionAction> changes)
    {
        var table = rows.ToDictionary(row => row.RowKey, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.ActionType == TableTransactionActionType.Delete)
                Assert.True(table.Remove(change.Entity.RowKey));
            else
                table[change.Entity.RowKey] = (TableEntity)change.Entity;
        }

        foreach (var row in table.Values)
            row.ETag = new ETag("\"1\"");
        return [.. table.Values.OrderBy(row => row.RowKey, StringComparer.Ordinal)];
    }
}
