using Fanout.Sources;

namespace Fanout.Azure;

/// <summary>Sources in the blobs of a storage account, and of others that this process's identity may read.</summary>
internal sealed class AzureSources(AzureStorage storage) : IRemoteSources
{
    /// <inheritdoc/>
    public IRemoteText OpenText(BlobPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var account = path.Account is null ? storage.Blobs : storage.BlobsOf(path.Account);
        var connection = account == storage.Blobs ? storage.Connection : AzureConnection.Parse(path.Account!.GetLeftPart(UriPartial.Authority));
        return new BlobText(account.GetBlobContainerClient(path.Container).GetBlobClient(path.Name), connection);
    }

    /// <inheritdoc/>
    public IItemListing OpenListing(BlobsSourceSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new BlobListing(storage.Blobs.GetBlobContainerClient(spec.Container), spec.Prefix, storage.Connection);
    }
}
