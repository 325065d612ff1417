using Azure;
using Azure.Storage.Blobs.Models;

namespace Fanout.Azure;

/// <summary>Requests that write blobs.</summary>
internal static class BlobWriting
{
    /// <summary>Does it, with failures explained. In a container that is not there it is done again once that is created: no request is spent on asking first.</summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public static Task<T> WriteBlobAsync<T>(this AzureStorage storage, string verb, string name, Func<Task<T>> write, CancellationToken cancellationToken) =>
        AzureFailure.GuardAsync(verb, $"blob '{name}'", storage.Connection, async () =>
        {
            try
            {
                return await write().ConfigureAwait(false);
            }
            catch (RequestFailedException none) when (none.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await storage.EnsureContainerAsync(cancellationToken).ConfigureAwait(false);
                return await write().ConfigureAwait(false);
            }
        }, cancellationToken);
}
