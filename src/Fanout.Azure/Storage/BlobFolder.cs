using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;

namespace Fanout.Azure;

/// <summary>The blobs whose names begin alike: 5,000 to a request.</summary>
/// <param name="storage">The account.</param>
/// <param name="prefix">What the names begin with.</param>
internal sealed class BlobFolder(AzureStorage storage, string prefix)
{
    /// <summary>Deletions under way at once. The service has no deletion of many in one request but for batches, which not every identity may send.</summary>
    private const int MaxDeletions = 16;

    /// <summary>The blobs, in the order of their names. A container that is not there has none.</summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public async IAsyncEnumerable<global::Azure.Storage.Blobs.Models.BlobItem> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = storage.Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        await using var closing = pages.ConfigureAwait(false);
        while (await MoveNextAsync(pages, cancellationToken).ConfigureAwait(false))
        {
            foreach (var blob in pages.Current.Values)
                yield return blob;
        }
    }

    /// <summary>Deletes all of them.</summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached; some may be gone.</exception>
    public Task DeleteAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        ListAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = MaxDeletions, CancellationToken = cancellationToken },
        async (blob, stop) => await AzureFailure.GuardAsync(
            "delete", $"blob '{blob.Name}'", storage.Connection,
            () => storage.Container.DeleteBlobIfExistsAsync(blob.Name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: stop), stop).ConfigureAwait(false));

    private Task<bool> MoveNextAsync(IAsyncEnumerator<Page<global::Azure.Storage.Blobs.Models.BlobItem>> pages, CancellationToken cancellationToken) =>
        AzureFailure.GuardAsync("list", $"blobs '{prefix}*'", storage.Connection, async () =>
        {
            try
            {
                return await pages.MoveNextAsync().ConfigureAwait(false);
            }
            catch (RequestFailedException none) when (none.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                return false;
            }
        }, cancellationToken);
}
