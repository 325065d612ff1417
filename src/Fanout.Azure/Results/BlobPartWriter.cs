using System.Runtime.InteropServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Fanout.Results;

namespace Fanout.Azure;

/// <summary>
/// Appends to an append blob, each time on the condition that it is as long as what was written before: a request that arrived twice, or one of a
/// writer taken for dead, never puts bytes where none are expected. One call at a time.
/// </summary>
/// <remarks>
/// A blob takes 50,000 appends. A batch appends when 256 KiB have gathered, else at each of its checkpoints, for one slice: at the shortest checkpoint
/// and the longest slice 6,000 times. One that came there all the same fails as storage does, and is gone on with in another part.
/// </remarks>
internal sealed class BlobPartWriter(AzureStorage storage, AppendBlobClient blob) : IPartWriter
{
    /// <summary>Most bytes of one request.</summary>
    public const int MaxBlockBytes = 4 << 20;

    private const int PreconditionFailed = 412;
    private const int CompareBytes = 256 << 10;

    private long _length;

    /// <summary>
    /// After a failure the length stands where it was, though bytes may have arrived: the same ones appended again are then found, and others refused.
    /// </summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var length = _length;
        while (!bytes.IsEmpty)
        {
            var block = bytes[..Math.Min(bytes.Length, MaxBlockBytes)];
            var arrived = await TryAppendAsync(block, length, cancellationToken).ConfigureAwait(false)
                ? block.Length
                : await FindArrivedAsync(bytes, length, cancellationToken).ConfigureAwait(false);
            length += arrived;
            bytes = bytes[arrived..];
        }

        _length = length;
    }

    /// <summary>Nothing is left to do: what an append answered is on the service's disks.</summary>
    public ValueTask SyncAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>False: the blob is longer than what was written before.</summary>
    private Task<bool> TryAppendAsync(ReadOnlyMemory<byte> block, long length, CancellationToken cancellationToken) =>
        AzureFailure.GuardAsync("append to", $"blob '{blob.Name}'", storage.Connection, async () =>
        {
            try
            {
                using var content = Content(block);
                var options = new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = length } };
                await blob.AppendBlockAsync(content, options, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException longer) when (longer.Status == PreconditionFailed)
            {
                return false;
            }
        }, cancellationToken);

    /// <summary>
    /// How many of the bytes are in the blob already. An attempt whose answer was lost is made again by the SDK, and refused as the first one
    /// arrived; which of the two it was, only the bytes themselves say.
    /// </summary>
    private async ValueTask<int> FindArrivedAsync(ReadOnlyMemory<byte> bytes, long length, CancellationToken cancellationToken)
    {
        var ranges = new BlobRanges(storage, blob.Name, pinned: null);
        var buffer = new byte[Math.Min(bytes.Length, CompareBytes)];
        var arrived = 0;
        while (true)
        {
            var wanted = buffer.AsMemory(0, Math.Min(buffer.Length, Math.Max(bytes.Length - arrived, 1)));
            var piece = await ranges.ReadAsync(length + arrived, wanted, async: true, cancellationToken).ConfigureAwait(false);
            if (piece.Read > bytes.Length - arrived || !bytes.Span.Slice(arrived, piece.Read).SequenceEqual(wanted.Span[..piece.Read]))
                throw Foreign(length);
            arrived += piece.Read;
            if (piece.Read < wanted.Length || piece.BlobLength == length + arrived)
                return arrived > 0 ? arrived : throw Foreign(length);
        }
    }

    private StorageException Foreign(long length) => new(
        $"Blob '{blob.Name}' in {storage.Connection} is not what this process wrote: behind its first {length:N0} bytes something else wrote others, or it was "
        + "replaced. Nothing recorded is lost; resume the run, which goes on in another part.");

    private static MemoryStream Content(ReadOnlyMemory<byte> block) => MemoryMarshal.TryGetArray(block, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(block.ToArray(), writable: false);
}
