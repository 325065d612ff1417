using Azure.Data.Tables;
using Fanout.Azure.Limits;
using Fanout.Azure.Tables;
using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Azure;

/// <summary>Limits in the hub's table <c>Limits</c>, shared by processes of any number of machines. Their clocks must agree within two seconds.</summary>
/// <param name="storage">The account and the hub.</param>
/// <param name="time">The clock that waits.</param>
/// <param name="random">Numbers in [0, 1); called by many threads.</param>
public sealed class TableLimitStore(AzureStorage storage, TimeProvider time, Func<double> random) : ILimitStore
{
    private readonly HubTable _table = new(storage, "Limits");
    private readonly Contention _contention = new(storage, time, random);

    /// <inheritdoc/>
    public LimitBeat Beat => LimitBeat.OverANetwork;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken)
    {
        List<TableEntity> all = [];
        await foreach (var page in _table.QueryAsync(null, HubTable.MaxPageRows, cancellationToken).ConfigureAwait(false))
            all.AddRange(page);
        List<LimitLedger> ledgers = [];
        foreach (var partition in all.GroupBy(row => row.PartitionKey, StringComparer.Ordinal).OrderBy(limit => limit.Key, StringComparer.Ordinal))
        {
            var rows = LedgerRows.Of(partition.Key, [.. partition]);
            if ((rows.IsTorn ? await GetAsync(partition.Key, cancellationToken).ConfigureAwait(false) : rows.Ledger) is { } ledger)
                ledgers.Add(ledger);
        }

        return ledgers;
    }

    /// <inheritdoc/>
    public Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken) => _contention.ResolveAsync(
        $"limit '{name}'",
        async () => await ReadAsync(name, cancellationToken).ConfigureAwait(false) is { IsTorn: false } rows ? (true, rows.Ledger) : (false, null),
        cancellationToken);

    /// <inheritdoc/>
    public Task<T> UpdateAsync<T>(string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        string? stamp = null;
        var removes = false;
        var result = default(T)!;
        return _contention.ResolveAsync(
            $"limit '{name}'",
            async () =>
            {
                var rows = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
                // An answer that was lost: what is there is this change's own doing.
                if (rows.WereMadeBy(stamp) || (removes && rows.AreGone))
                    return (true, result);
                if (rows.IsTorn)
                    return (false, result);
                var before = rows.Ledger;
                (var after, result) = change(before);
                if (ReferenceEquals(before, after))
                    return (true, result);
                (stamp, removes) = (_contention.NewStamp(), after is null);
                return (await _table.TrySubmitAsync(rows.ChangesTo(after, stamp), cancellationToken).ConfigureAwait(false), result);
            },
            cancellationToken);
    }

    private async Task<LedgerRows> ReadAsync(string name, CancellationToken cancellationToken) =>
        LedgerRows.Of(name, await _table.ReadPartitionAsync(name, cancellationToken).ConfigureAwait(false));
}
