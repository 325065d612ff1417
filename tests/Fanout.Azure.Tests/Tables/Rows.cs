using Azure.Data.Tables;

namespace Fanout.Azure.Tests.Tables;

/// <summary>What is in a table, as it is.</summary>
internal static class Rows
{
    /// <summary>Bytes of the largest row, as the service counts them (https://learn.microsoft.com/archive/blogs/avkashchauhan/how-the-size-of-an-entity-is-caclulated-in-windows-azure-table-storage).</summary>
    public static async Task<int> LargestAsync(TableClient table)
    {
        var largest = 0;
        await foreach (var row in table.QueryAsync<TableEntity>())
            largest = Math.Max(largest, SizeOf(row));
        return largest;
    }

    private static int SizeOf(TableEntity row) => 4 + (2 * (row.PartitionKey.Length + row.RowKey.Length))
        + row.Where(property => property.Key is not ("PartitionKey" or "RowKey" or "odata.etag")).Sum(property => 8 + (2 * property.Key.Length) + SizeOf(property.Value));

    private static int SizeOf(object value) => value is string text ? 4 + (2 * text.Length) : 8;
}
