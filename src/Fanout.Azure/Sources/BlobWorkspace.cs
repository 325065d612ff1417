using System.Buffers;
using System.Collections.Concurrent;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Fanout.Sources;

namespace Fanout.Azure;

/// <summary>A run's workspace as block blobs <c>sources/RUN/NAME</c>. What is being written is a local file until it is published.</summary>
/// <remarks>
/// <para>How files are read is chosen by how sources read them. An index is opened by every batch, for three entries here and there; so is a small
/// copy or listing: a file of up to 1 MiB (the largest index is 1 MiB and a few bytes) is fetched whole, once, and kept as long as this object, that is
/// while this process works the run. Copies and partitions may be of any size, and are mostly read on: they are read by range, in windows.</para>
/// <para>A file is replaced only when a run is planned again, before any of its batches: what is kept is not asked for again.</para>
/// </remarks>
/// <param name="storage">The account and the hub.</param>
/// <param name="runId">The run.</param>
public sealed class BlobWorkspace(AzureStorage storage, string runId) : ISourceWorkspace
{
    /// <summary>Files up to this size are kept whole: 1 MiB and 64 bytes, which is an index at its largest.</summary>
    internal const int MaxKeptFile = (1 << 20) + 64;

    /// <summary>Bytes of files kept at most; more are read by range however small.</summary>
    internal const int MaxKept = 4 << 20;

    private static readonly StorageTransferOptions Upload = new() { InitialTransferSize = 8 << 20, MaximumTransferSize = 8 << 20, MaximumConcurrency = 4 };

    private readonly string _folder = BlobName.Folder(BlobName.Sources, runId);
    private readonly ConcurrentDictionary<string, StagedFile> _staged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PublishedFile> _published = new(StringComparer.Ordinal);
    private readonly Lock _fetching = new();
    private int _kept;

    /// <inheritdoc/>
    /// <exception cref="IOException">The directory of temporary files is full or not writable.</exception>
    public Stream Create(string name)
    {
        _ = NameOf(name);
        var file = new StagedFile(Path.GetTempPath());
        Discard(name);
        return _staged[name] = file;
    }

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">No file of that name was created.</exception>
    /// <exception cref="StorageException">The account refused, or cannot be reached; it can be published again.</exception>
    public void Publish(string name)
    {
        var blob = storage.Container.GetBlobClient(NameOf(name));
        if (!_staged.TryGetValue(name, out var file))
            throw new FileNotFoundException($"No file '{name}' was created in the workspace of run '{runId}'.", name);
        // Blocks go up side by side only when the SDK may wait for them; the interface may not. No caller's context is waited for.
        Task.Run(() => storage.WriteBlobAsync(
            "write", blob.Name, () => blob.UploadAsync(file.Content(), new BlobUploadOptions { TransferOptions = Upload }), CancellationToken.None))
            .GetAwaiter().GetResult();
        Forget(name);
        Discard(name);
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public bool Exists(string name)
    {
        var blob = storage.Container.GetBlobClient(NameOf(name));
        return AzureFailure.GuardAsync(
            "look for", $"blob '{blob.Name}'", storage.Connection, () => Task.FromResult(blob.Exists().Value), CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">No file of that name was published.</exception>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public Stream OpenRead(string name)
    {
        var blob = NameOf(name);
        if (!_published.TryGetValue(name, out var file))
        {
            // One at a time: the lanes of a run all begin with the same index.
            lock (_fetching)
                file = _published.TryGetValue(name, out var meanwhile) ? meanwhile : _published[name] = Fetch(name, blob);
        }

        return file.Content is { } content
            ? new MemoryStream(content, writable: false)
            : new BlobReadStream(new BlobRanges(storage, blob, file.ETag), file.Length);
    }

    /// <summary>Deletes all that was published, if any was.</summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached; some may be gone.</exception>
    public async ValueTask DeleteAsync(CancellationToken cancellationToken)
    {
        foreach (var name in _published.Keys)
            Forget(name);
        foreach (var name in _staged.Keys)
            Discard(name);
        await new BlobFolder(storage, _folder).DeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private PublishedFile Fetch(string name, string blob)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxKeptFile);
        try
        {
            var piece = new BlobRanges(storage, blob, pinned: null)
                .ReadAsync(0, buffer.AsMemory(0, MaxKeptFile), async: false, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            var length = piece.BlobLength!.Value;
            if (length > piece.Read || _kept + length > MaxKept)
                return new PublishedFile(null, length, piece.ETag);
            _kept += piece.Read;
            return new PublishedFile(buffer.AsSpan(0, piece.Read).ToArray(), length, piece.ETag);
        }
        catch (StorageException gone) when (gone.InnerException is RequestFailedException { Status: 404 })
        {
            throw new FileNotFoundException($"'{name}' is not in the workspace of run '{runId}': there is no blob '{blob}' in {storage.Connection}.", name, gone);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Forget(string name)
    {
        lock (_fetching)
        {
            if (_published.TryRemove(name, out var file))
                _kept -= file.Content?.Length ?? 0;
        }
    }

    private void Discard(string name)
    {
        if (_staged.TryRemove(name, out var file))
            file.Delete();
    }

    private string NameOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));
        return BlobName.Of(BlobName.Sources, runId, name);
    }
}
