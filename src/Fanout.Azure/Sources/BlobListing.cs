using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Fanout.Sources;
using ListedBlob = Azure.Storage.Blobs.Models.BlobItem;

namespace Fanout.Azure;

/// <summary>The blobs of a container whose names begin with a prefix, in the order the account lists them: ordinal by name. Holds one page of 5,000.</summary>
internal sealed class BlobListing(BlobContainerClient container, string? prefix, AzureConnection connection) : IItemListing
{
    private const int BlockBytes = 64 << 10;

    // How an account with a hierarchical namespace marks a directory, which lists as a blob and holds nothing.
    private const string DirectoryMark = "hdi_isfolder";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _what = $"container '{container.Name}'";

    /// <inheritdoc/>
    public string Name => $"the list of {_what} in {connection}";

    /// <inheritdoc/>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // To list is what planning must be allowed to do; to read the container's properties is not.
            await using var pages = Pages(1).GetAsyncEnumerator(cancellationToken);
            await pages.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (BlobFailure.IsKnown(failure))
        {
            throw BlobFailure.Explain("list", _what, connection, failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream lines, CancellationToken cancellationToken)
    {
        var block = new ArrayBufferWriter<byte>(2 * BlockBytes);
        await using var json = new Utf8JsonWriter(block, Json);
        var count = 0L;
        await using var pages = Pages(null).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(pages).ConfigureAwait(false))
        {
            foreach (var blob in pages.Current.Values)
            {
                if (blob.Metadata?.TryGetValue(DirectoryMark, out var mark) == true && mark == "true")
                    continue;
                Write(json, blob);
                block.Write("\n"u8);
                count++;
                if (block.WrittenCount < BlockBytes)
                    continue;
                await lines.WriteAsync(block.WrittenMemory, cancellationToken).ConfigureAwait(false);
                block.ResetWrittenCount();
            }
        }

        await lines.WriteAsync(block.WrittenMemory, cancellationToken).ConfigureAwait(false);
        if (count == 0)
            throw new SourceException($"No blob is in {_what} in {connection}{(prefix is null ? "" : $" whose name begins with '{prefix}'")}. Correct the container or the prefix.");
    }

    private IAsyncEnumerable<global::Azure.Page<ListedBlob>> Pages(int? size) =>
        container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix, Traits = BlobTraits.Metadata }).AsPages(pageSizeHint: size);

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<global::Azure.Page<ListedBlob>> pages)
    {
        try
        {
            return await pages.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (BlobFailure.IsKnown(failure))
        {
            throw BlobFailure.Explain("list", _what, connection, failure);
        }
    }

    private void Write(Utf8JsonWriter json, ListedBlob blob)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteString("container", container.Name);
        json.WriteString("name", blob.Name);
        json.WriteNumber("size", blob.Properties.ContentLength ?? 0);
        json.WriteString("contentType", blob.Properties.ContentType ?? "");
        json.WriteString("lastModified", (blob.Properties.LastModified ?? default).UtcDateTime);
        json.WriteEndObject();
        json.Flush();
    }
}
