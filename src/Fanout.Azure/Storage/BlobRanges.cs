using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Fanout.Azure;

/// <summary>Reads one blob by range, a request each.</summary>
/// <param name="storage">The account.</param>
/// <param name="name">The blob's name.</param>
/// <param name="pinned">The state it must still be in; null: any, also one that grew since.</param>
internal sealed class BlobRanges(AzureStorage storage, string name, ETag? pinned)
{
    private const int RangeNotSatisfiable = 416;
    private const int PreconditionFailed = 412;

    /// <summary>Answers to one read that may break off while the blob grows.</summary>
    private const int MaxGrowths = 5;

    private readonly BlobClient _blob = storage.Container.GetBlobClient(name);

    /// <summary>Reads from <paramref name="offset"/> on until <paramref name="into"/> is full or the blob ends.</summary>
    /// <param name="offset">Where to begin.</param>
    /// <param name="into">Where the bytes go; not empty.</param>
    /// <param name="async">False: the task is complete when it is returned, for readers that cannot wait otherwise.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StorageException">The blob is not there or no longer the pinned one, the account refused, or cannot be reached.</exception>
    public async ValueTask<BlobPiece> ReadAsync(long offset, Memory<byte> into, bool async, CancellationToken cancellationToken) =>
        await AzureFailure.GuardAsync("read", $"blob '{name}'", storage.Connection, async () =>
        {
            try
            {
                return await RequestAsync(offset, into, async, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException behind) when (behind.Status == RangeNotSatisfiable)
            {
                return new BlobPiece(0, offset == 0 ? 0 : null, pinned ?? default);
            }
            catch (RequestFailedException changed) when (changed.Status == PreconditionFailed && pinned is not null)
            {
                throw new StorageException($"Blob '{name}' in {storage.Connection} was replaced while it was read. Resume the run, to read what it is now.", changed) { MayPass = true };
            }
        }, cancellationToken).ConfigureAwait(false);

    // The SDK goes on with an answer that broke off only if the blob is what it was, and an append changes it. Asked for anew, the range is as good.
    private async ValueTask<BlobPiece> RequestAsync(long offset, Memory<byte> into, bool async, CancellationToken cancellationToken)
    {
        for (var growths = 0; ; growths++)
        {
            try
            {
                return await RequestOnceAsync(offset, into, async, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException changed) when (changed.Status == PreconditionFailed && pinned is null && growths < MaxGrowths)
            {
            }
        }
    }

    private async ValueTask<BlobPiece> RequestOnceAsync(long offset, Memory<byte> into, bool async, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, into.Length),
            Conditions = pinned is { } etag ? new BlobRequestConditions { IfMatch = etag } : null,
        };
        using var answer = (async
            ? await _blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false)
            : _blob.DownloadStreaming(options, cancellationToken)).Value;
        var read = async
            ? await answer.Content.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)
            : answer.Content.ReadAtLeast(into.Span, into.Length, throwOnEndOfStream: false);
        return new BlobPiece(read, LengthOf(answer.Details), answer.Details.ETag);
    }

    // "bytes 0-99/1234"; an answer that is the whole blob has none.
    private static long LengthOf(BlobDownloadDetails details) =>
        details.ContentRange is { } range && range.LastIndexOf('/') is >= 0 and var slash
            ? long.Parse(range.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture)
            : details.ContentLength;
}
