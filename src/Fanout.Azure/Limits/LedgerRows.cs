using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Fanout.Azure.Tables;
using Fanout.Flow;
using Fanout.Serialization;

namespace Fanout.Azure.Limits;

/// <summary>
/// A limit's ledger as rows of a partition of its own, which is the limit's name: as many rows of 16 KiB as it takes, changed in one transaction under
/// the first one's ETag. Immutable: what was read, and what is to be written after it.
/// </summary>
internal sealed class LedgerRows
{
    // Two bytes each, as the service counts them, and room for the other properties: a row stays below 16 KiB.
    private const int CharactersARow = 7_500;

    private readonly string _limit;
    private readonly IReadOnlyList<TableEntity> _rows;

    private LedgerRows(string limit, IReadOnlyList<TableEntity> rows)
    {
        _limit = limit;
        _rows = rows;
    }

    /// <summary>The rows of a limit, as they were read.</summary>
    public static LedgerRows Of(string limit, IReadOnlyList<TableEntity> rows) => new(limit, rows);

    /// <summary>
    /// True: they were read while somebody wrote them, and do not belong together: a query is not a snapshot. They have to be read again.
    /// </summary>
    public bool IsTorn => _rows.Count > 0
        && (_rows[0].RowKey != KeyOf(0) || _rows.Count != _rows[0].GetInt32("Rows") || _rows.Any(row => row.GetInt64("Version") != Version));

    /// <summary>True: there is no such limit.</summary>
    public bool AreGone => _rows.Count == 0;

    /// <summary>The ledger; null: there is no such limit.</summary>
    public LimitLedger? Ledger => AreGone
        ? null
        : JsonSerializer.Deserialize<LimitLedger>(string.Concat(_rows.Select(row => row.GetString("Text"))), FanoutJson.Options);

    private long Version => _rows[0].GetInt64("Version")!.Value;

    /// <summary>True: this write is among the last that made the rows what they are.</summary>
    public bool WereMadeBy(string? stamp) => _rows.Count > 0 && WriteStamps.Has(_rows[0], stamp);

    /// <summary>What makes these rows those of another ledger; null: of none.</summary>
    /// <exception cref="StorageException">More processes share it than a limit may have.</exception>
    public IReadOnlyList<TableTransactionAction> ChangesTo(LimitLedger? ledger, string stamp)
    {
        var texts = ledger is null ? [] : Split(JsonSerializer.Serialize(ledger, FanoutJson.Options));
        if (Math.Max(texts.Count, _rows.Count) > HubTable.MaxTransactionRows)
        {
            throw new StorageException(string.Create(
                CultureInfo.InvariantCulture,
                $"Limit '{_limit}' has too many processes and runs under it: its ledger would take {texts.Count} rows, and {HubTable.MaxTransactionRows} can be changed at once. Divide it into several limits."));
        }

        var rows = texts.Select((text, i) => new TableEntity(_limit, KeyOf(i))
        {
            ["Text"] = text,
            ["Rows"] = texts.Count,
            ["Version"] = _rows.Count == 0 ? 1 : Version + 1,
        }).ToList();
        if (rows.Count > 0)
            WriteStamps.Add(rows[0], _rows.Count == 0 ? null : _rows[0], stamp);
        return
        [
            .. rows.Select((row, i) => i > 0
                ? new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)
                : _rows.Count == 0
                    ? new TableTransactionAction(TableTransactionActionType.Add, row)
                    : new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, _rows[0].ETag)),
            .. _rows.Skip(rows.Count).Select((row, i) => new TableTransactionAction(
                TableTransactionActionType.Delete, new TableEntity(_limit, row.RowKey), rows.Count == 0 && i == 0 ? row.ETag : ETag.All)),
        ];
    }

    private static List<string> Split(string text) =>
        [.. text.Chunk(CharactersARow).Select(part => new string(part))];

    private static string KeyOf(int row) => string.Create(CultureInfo.InvariantCulture, $"ledger-{row:D2}");
}
