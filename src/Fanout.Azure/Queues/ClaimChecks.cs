using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Fanout.Azure.Queues;

/// <summary>
/// Claim checks: a body that is too large for a message waits in a blob of the hub, <c>messages/RUN/KEY-HASH</c>, and the message holds the blob's
/// name. The hash is that of the body, so that sending it twice leaves one blob.
/// </summary>
internal sealed class ClaimChecks(AzureStorage storage)
{
    /// <summary>Where they are in the hub's container. A run's leftovers are under <c>messages/RUN/</c>.</summary>
    public const string Folder = "messages/";

    private const int HashCharacters = 16;

    /// <summary>The text of a message that says <paramref name="body"/>, or where it is.</summary>
    /// <exception cref="StorageException">The body is large, and cannot be left in a blob now.</exception>
    public async Task<string> WrapAsync(string runId, string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.Length <= MessageText.MaxBodyBytes)
            return MessageText.Encode(body.Span);
        var hash = Convert.ToHexStringLower(SHA256.HashData(body.Span))[..HashCharacters];
        var blob = storage.Container.GetBlobClient($"{Folder}{runId}/{key}-{hash}");
        await GuardAsync("write", blob, () => UploadAsync(blob, new BinaryData(body), cancellationToken), cancellationToken).ConfigureAwait(false);
        return MessageText.Encode(new BlobClaim(storage.Hub, blob.Name).ToBytes());
    }

    /// <summary>What the claim stands for; null: it is not there any more, since its message is done.</summary>
    /// <exception cref="StorageException">It cannot be read now.</exception>
    public Task<BinaryData?> ReadAsync(BlobClaim claim, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(claim.Name);
        return GuardAsync<BinaryData?>("read", blob, ReadOrNullAsync, cancellationToken);

        async Task<BinaryData?> ReadOrNullAsync()
        {
            try
            {
                return (await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content;
            }
            catch (RequestFailedException gone) when (gone.ErrorCode == BlobErrorCode.BlobNotFound || gone.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                return null;
            }
        }
    }

    /// <summary>True: the claim is one of these, and not any blob that somebody wrote into a message.</summary>
    public bool IsOurs(BlobClaim claim) => claim.Container == storage.Hub && claim.Name.StartsWith(Folder, StringComparison.Ordinal);

    /// <summary>Deletes the blob of a message that is done.</summary>
    public async Task DeleteAsync(BlobClaim? claim, CancellationToken cancellationToken)
    {
        if (claim is null)
            return;
        var blob = storage.Container.GetBlobClient(claim.Name);
        try
        {
            await GuardAsync("delete", blob, () => blob.DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // The message is done all the same; what is left goes with the run.
        }
    }

    /// <summary>Deletes whatever a run's messages have left.</summary>
    /// <exception cref="StorageException">It cannot be deleted now.</exception>
    public Task DeleteRunAsync(string runId, CancellationToken cancellationToken) => AzureFailure.GuardAsync(
        "delete",
        $"blobs '{Folder}{runId}/'",
        storage.Connection,
        async () =>
        {
            await foreach (var blob in storage.Container.GetBlobsAsync(
                BlobTraits.None, BlobStates.None, $"{Folder}{runId}/", cancellationToken).ConfigureAwait(false))
            {
                await storage.Container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    private async Task<bool> UploadAsync(BlobClient blob, BinaryData body, CancellationToken cancellationToken)
    {
        try
        {
            await blob.UploadAsync(body, overwrite: true, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await storage.Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await blob.UploadAsync(body, overwrite: true, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private Task<T> GuardAsync<T>(string verb, BlobClient blob, Func<Task<T>> act, CancellationToken cancellationToken) =>
        AzureFailure.GuardAsync(verb, $"blob '{blob.BlobContainerName}/{blob.Name}'", storage.Connection, act, cancellationToken);
}
