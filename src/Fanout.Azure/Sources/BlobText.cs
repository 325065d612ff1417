using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Fanout.Sources;

namespace Fanout.Azure;

/// <summary>A blob that is read by range, one operation a range, each pinned to the ETag of the version that is asked for.</summary>
internal sealed class BlobText(BlobClient blob, AzureConnection connection) : IRemoteText
{
    private readonly string _what = $"blob '{blob.BlobContainerName}/{blob.Name}'";

    /// <inheritdoc/>
    public string Name => $"{_what} in {connection}";

    /// <inheritdoc/>
    public async ValueTask<RemoteVersion> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            return new RemoteVersion(properties.ContentLength, properties.ETag.ToString());
        }
        catch (Exception failure) when (BlobFailure.IsKnown(failure))
        {
            throw BlobFailure.Explain("read", _what, connection, failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(RemoteVersion version, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, buffer.Length),
            Conditions = new BlobRequestConditions { IfMatch = new ETag(version.Tag) },
        };
        try
        {
            using var answer = (await blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false)).Value;
            await answer.Content.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (BlobFailure.IsKnown(failure))
        {
            throw BlobFailure.Explain("read", _what, connection, failure);
        }
    }
}
