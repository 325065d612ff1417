using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Fanout.Azure.Tables;

/// <summary>
/// A table of the hub, created when it is first used. That somebody else was first is an answer; every other failure is a <see cref="StorageException"/>.
/// </summary>
internal sealed class HubTable(AzureStorage storage, string name)
{
    /// <summary>Rows that one transaction may change.</summary>
    public const int MaxTransactionRows = 100;

    /// <summary>Rows that one answer to a query may hold.</summary>
    public const int MaxPageRows = 1_000;

    private readonly TableClient _table = storage.Table(name);
    private volatile bool _exists;

    /// <summary>One row; null: there is none.</summary>
    public async Task<TableEntity?> FindAsync(string partition, string row, IEnumerable<string>? select, CancellationToken cancellationToken)
    {
        var found = await DoAsync("read", () => _table.GetEntityIfExistsAsync<TableEntity>(partition, row, select, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>All rows of one partition, in order.</summary>
    public async Task<List<TableEntity>> ReadPartitionAsync(string partition, CancellationToken cancellationToken)
    {
        List<TableEntity> rows = [];
        await foreach (var page in QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), MaxPageRows, cancellationToken).ConfigureAwait(false))
            rows.AddRange(page);
        return rows;
    }

    /// <summary>Rows in order, in the pages they are answered in; a page may be empty and another still come.</summary>
    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryAsync(
        string? filter, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = _table.QueryAsync<TableEntity>(filter, Math.Min(pageSize, MaxPageRows), cancellationToken: cancellationToken).AsPages();
        await using var pages = query.GetAsyncEnumerator(cancellationToken);
        while (await DoAsync("read", () => pages.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
            yield return pages.Current.Values;
    }

    /// <summary>Adds a row. False: there is one already.</summary>
    public Task<bool> TryInsertAsync(TableEntity row, CancellationToken cancellationToken) =>
        TryAsync(() => _table.AddEntityAsync(row, cancellationToken), cancellationToken);

    /// <summary>Changes a row that is what it was. False: it is not, or is gone.</summary>
    public Task<bool> TryUpdateAsync(TableEntity row, ETag was, TableUpdateMode mode, CancellationToken cancellationToken) =>
        TryAsync(() => _table.UpdateEntityAsync(row, was, mode, cancellationToken), cancellationToken);

    /// <summary>Deletes a row that is what it was. False: it is not. One that is gone is deleted.</summary>
    public Task<bool> TryDeleteAsync(string partition, string row, ETag was, CancellationToken cancellationToken) =>
        TryAsync(() => _table.DeleteEntityAsync(partition, row, was, cancellationToken), cancellationToken);

    /// <summary>Changes rows of one partition, all or none. False: one of them is not what it was.</summary>
    /// <param name="changes">1 to 100.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<bool> TrySubmitAsync(IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellationToken) =>
        TryAsync(() => _table.SubmitTransactionAsync(changes, cancellationToken), cancellationToken);

    /// <summary>Adds or replaces a row, whatever it was.</summary>
    public Task ReplaceAsync(TableEntity row, CancellationToken cancellationToken) =>
        DoAsync("write", () => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken), cancellationToken);

    /// <summary>Deletes rows of one partition, whatever they are; those that are gone already do no harm.</summary>
    public async Task DeleteAsync(string partition, IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        foreach (var some in rows.Chunk(MaxTransactionRows))
        {
            var deletions = some.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, row), ETag.All)).ToList();
            if (await TrySubmitAsync(deletions, cancellationToken).ConfigureAwait(false))
                continue;
            // Some are gone already, and a transaction is all or nothing.
            foreach (var row in some)
                await TryDeleteAsync(partition, row, ETag.All, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken) =>
        await DoAsync(
            "write",
            async () =>
            {
                try
                {
                    await act().ConfigureAwait(false);
                    return true;
                }
                catch (RequestFailedException failure) when (IsAnothersDoing(failure))
                {
                    return false;
                }
            },
            cancellationToken).ConfigureAwait(false);

    private async Task<T> DoAsync<T>(string verb, Func<Task<T>> act, CancellationToken cancellationToken) =>
        await AzureFailure.GuardAsync(
            verb,
            $"table '{_table.Name}'",
            storage.Connection,
            async () =>
            {
                if (!_exists)
                    await _table.CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
                _exists = true;
                return await act().ConfigureAwait(false);
            }).ConfigureAwait(false);

    // Not every 409: a table that is being deleted, say, is the account's trouble.
    private static bool IsAnothersDoing(RequestFailedException failure) =>
        failure.Status == 412
        || (failure.Status == 409 && failure.ErrorCode == TableErrorCode.EntityAlreadyExists.ToString())
        || (failure.Status == 404 && failure.ErrorCode != TableErrorCode.TableNotFound.ToString());
}
