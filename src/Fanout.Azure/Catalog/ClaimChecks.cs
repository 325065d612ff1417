using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;

namespace Fanout.Azure.Catalog;

/// <summary>
/// Texts of rows. One that is too large for its row goes into a blob of the hub's container, and the row holds the blob's name. The blob is written
/// first and never changed: its name tells what is in it.
/// </summary>
internal sealed class ClaimChecks(AzureStorage storage)
{
    // JSON never begins with it.
    private const char Mark = '@';

    private volatile bool _containerExists;

    /// <summary>What the row is to hold for a text; null for none.</summary>
    /// <param name="folder">Where its blobs are, ending in a slash.</param>
    /// <param name="name">What the text is.</param>
    /// <param name="json">The text.</param>
    /// <param name="most">Characters that may be in the row itself.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageException">The blob cannot be written.</exception>
    public async Task<string?> CheckInAsync(string folder, string name, string? json, int most, CancellationToken cancellationToken)
    {
        if (json is null || json.Length <= most)
            return json;
        var content = Encoding.UTF8.GetBytes(json);
        var blob = $"{folder}{name}-{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}";
        await DoAsync("write", blob, async () =>
        {
            if (!_containerExists)
                await storage.Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            _containerExists = true;
            return await storage.Container.GetBlobClient(blob).UploadAsync(BinaryData.FromBytes(content), overwrite: true, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return Mark + blob;
    }

    /// <summary>The text that a row holds, or holds the name of. Null: there is none, or its blob is gone, and so is, or shortly will be, the row.</summary>
    /// <exception cref="StorageException">The blob cannot be read.</exception>
    public async Task<string?> CheckOutAsync(string? held, CancellationToken cancellationToken) => held is not [Mark, .. var blob]
        ? held
        : await DoAsync("read", blob, async () =>
        {
            try
            {
                BlobDownloadResult got = await storage.Container.GetBlobClient(blob).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
                return got.Content.ToString();
            }
            catch (RequestFailedException failure) when (failure.Status == 404)
            {
                return null;
            }
        }).ConfigureAwait(false);

    /// <summary>Deletes all blobs of a folder.</summary>
    /// <exception cref="StorageException">They cannot be deleted.</exception>
    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => DoAsync("delete", folder, async () =>
    {
        try
        {
            await foreach (var blob in storage.Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, folder, cancellationToken).ConfigureAwait(false))
                await storage.Container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // No container: nothing was ever too large.
        }

        return true;
    });

    private async Task<T> DoAsync<T>(string verb, string blob, Func<Task<T>> act) =>
        await AzureFailure.GuardAsync(verb, $"blob '{blob}'", storage.Connection, act).ConfigureAwait(false);
}
