using Azure.Data.Tables;

namespace Fanout.Azure.Tables;

/// <summary>
/// A row's last writes by name. A write whose answer was lost is repeated by the client and then refused, because the row is no longer what it was: the
/// name tells that it was the write itself that changed it. Without this a change that adds would be made twice.
/// </summary>
internal static class WriteStamps
{
    // As many others may write between a lost answer and the look for one's own name.
    private const int Kept = 16;

    private const string Property = "Stamps";

    /// <summary>Names the write that a row is changed by.</summary>
    /// <param name="row">The row that is to be written.</param>
    /// <param name="before">What it was; null: it is new.</param>
    /// <param name="stamp">The write's name.</param>
    public static void Add(TableEntity row, TableEntity? before, string stamp) =>
        row[Property] = string.Join(' ', Of(before).Append(stamp).TakeLast(Kept));

    /// <summary>True: the write was made. A null name was not.</summary>
    public static bool Has(TableEntity row, string? stamp) => stamp is not null && Of(row).Contains(stamp, StringComparer.Ordinal);

    private static string[] Of(TableEntity? row) => row?.GetString(Property)?.Split(' ') ?? [];
}
