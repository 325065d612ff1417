namespace Fanout.Azure;

/// <inheritdoc cref="IBlobReader"/>
internal sealed class BlobReader(AzureStorage storage) : IBlobReader
{
    /// <inheritdoc/>
    public async ValueTask<Stream> OpenReadAsync(BlobItem item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        var blob = storage.Blobs.GetBlobContainerClient(item.Container).GetBlobClient(item.Name);
        try
        {
            return (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value.Content;
        }
        catch (Exception failure) when (BlobFailure.IsKnown(failure))
        {
            throw BlobFailure.Explain("read", $"blob '{item.Container}/{item.Name}'", storage.Connection, failure);
        }
    }
}
