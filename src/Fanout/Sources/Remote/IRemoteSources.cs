namespace Fanout.Sources;

/// <summary>What of a storage account can be a source. Registered as a service, it makes blobs readable to a home's runs.</summary>
public interface IRemoteSources
{
    /// <summary>The blob at a path. Nothing is contacted yet.</summary>
    IRemoteText OpenText(BlobPath path);

    /// <summary>The blobs of a container. Nothing is contacted yet.</summary>
    IItemListing OpenListing(BlobsSourceSpec spec);
}
