using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Fanout.Results;

namespace Fanout.Azure;

/// <summary>
/// Results in a hub's container: parts as append blobs <c>results/RUN/part-*.jsonl</c>, documents as block blobs beside them. Safe for use by many
/// threads and processes. A request each: creating a part, an append, a document read, written or deleted, 5,000 names listed, up to 1 MiB of a part read.
/// </summary>
/// <param name="storage">The account and the hub.</param>
public sealed class BlobResultStore(AzureStorage storage) : IResultStore
{
    private const string WriterMark = "writer";

    private static readonly BlobHttpHeaders PartHeaders = new() { ContentType = "application/x-ndjson" };
    private static readonly BlobHttpHeaders DocumentHeaders = new() { ContentType = "application/json" };

    /// <inheritdoc/>
    public async ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetAppendBlobClient(NameOf(runId, name));
        var mark = RandomNumberGenerator.GetHexString(16);
        var options = new AppendBlobCreateOptions
        {
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
            Metadata = new Dictionary<string, string> { [WriterMark] = mark },
            HttpHeaders = PartHeaders,
        };
        return await TryCreateAsync(blob, mark, () => blob.CreateAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false)
            ? new BlobPartWriter(storage, blob)
            : throw new StorageException($"Cannot create part '{blob.Name}' in {storage.Connection}: it exists, and a part is written once. Resume the run, which takes another name.") { MayPass = true };
    }

    /// <inheritdoc/>
    /// <remarks>Nothing is pinned: a part may be read while it grows, and what counts of it does not change.</remarks>
    public async ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken)
    {
        var stream = new BlobReadStream(new BlobRanges(storage, NameOf(runId, name), pinned: null), length: null);
        try
        {
            await stream.OpenAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(NameOf(runId, name));
        var options = new BlobUploadOptions { HttpHeaders = DocumentHeaders };
        await storage.WriteBlobAsync(
            "write", blob.Name, () => blob.UploadAsync(BinaryData.FromBytes(content), options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(NameOf(runId, name));
        var mark = RandomNumberGenerator.GetHexString(16);
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            Metadata = new Dictionary<string, string> { [WriterMark] = mark },
            HttpHeaders = DocumentHeaders,
        };
        return await TryCreateAsync(
            blob, mark, () => blob.UploadAsync(BinaryData.FromBytes(content), options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken)
    {
        var blob = storage.Container.GetBlobClient(NameOf(runId, name));
        return await AzureFailure.GuardAsync("read", $"blob '{blob.Name}'", storage.Connection, async () =>
        {
            try
            {
                return (await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content.ToArray();
            }
            catch (RequestFailedException none) when (none.ErrorCode == BlobErrorCode.BlobNotFound || none.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                return null;
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListDocumentsAsync(string runId, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = FolderOf(runId);
        await foreach (var blob in new BlobFolder(storage, folder + prefix).ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (blob.Properties.BlobType != BlobType.Append)
                yield return blob.Name[folder.Length..];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken)
    {
        var blob = NameOf(runId, name);
        await AzureFailure.GuardAsync(
            "delete", $"blob '{blob}'", storage.Connection,
            () => storage.Container.DeleteBlobIfExistsAsync(blob, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken) =>
        await new BlobFolder(storage, FolderOf(runId)).DeleteAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public string Locate(string runId) =>
        // Of a connection with a shared access signature the container's URI holds it.
        $"{storage.Container.Uri.GetLeftPart(UriPartial.Path)}/{FolderOf(runId).TrimEnd('/')}";

    // False: there is one of that name, by somebody else.
    private Task<bool> TryCreateAsync(BlobBaseClient blob, string mark, Func<Task> create, CancellationToken cancellationToken) =>
        storage.WriteBlobAsync("create", blob.Name, async () =>
        {
            try
            {
                await create().ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException exists) when (exists.Status is 409 or 412 && exists.ErrorCode != BlobErrorCode.ContainerBeingDeleted)
            {
                // Perhaps it is this very blob: an answer was lost, and the SDK asked again.
                return await IsMarkedAsync(blob, mark, cancellationToken).ConfigureAwait(false);
            }
        }, cancellationToken);

    private static async Task<bool> IsMarkedAsync(BlobBaseClient blob, string mark, CancellationToken cancellationToken)
    {
        var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return properties.Value.Metadata.TryGetValue(WriterMark, out var writer) && writer == mark;
    }

    private static string FolderOf(string runId) => BlobName.Folder(BlobName.Results, runId);

    private static string NameOf(string runId, string name) => BlobName.Of(BlobName.Results, runId, name);
}
