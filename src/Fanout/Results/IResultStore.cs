namespace Fanout.Results;

/// <summary>Where a run's parts, checkpoints and manifest live. File-backed on one machine; blobs on Azure.</summary>
public interface IResultStore
{
    /// <summary>Creates a part that must not exist yet.</summary>
    /// <exception cref="StorageException">The place is full or not writable.</exception>
    ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken);

    /// <summary>Opens a part for reading, seekable where the store is.</summary>
    /// <exception cref="StorageException">It is not there.</exception>
    ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken);

    /// <summary>Writes a small document (checkpoint, branch manifest, manifest), replacing one of the same name atomically and durably.</summary>
    ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Writes a small document if there is none of that name, atomically and durably. False: there is one. Of those who write it at once, one does.</summary>
    ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads a document; null: there is none.</summary>
    ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken);

    /// <summary>Names of documents that begin with <paramref name="prefix"/> (such as <c>lanes/</c>), in no order.</summary>
    IAsyncEnumerable<string> ListDocumentsAsync(string runId, string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes a document, if it is there.</summary>
    ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken);

    /// <summary>Deletes all of a run, if any of it is there.</summary>
    ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken);

    /// <summary>An empty file for reading and writing that is gone when it is closed: for sorting results that do not fit into memory. By default among the system's temporary files.</summary>
    /// <exception cref="StorageException">The place is full or not writable.</exception>
    Stream OpenScratch(string runId) => Scratch.Open(Path.GetTempPath());

    /// <summary>True: a write costs its time and nothing else, so that checkpoints may come sooner than asked for. Default: false, as where each is billed.</summary>
    bool WritesAreFree => false;

    /// <summary>A run's results as a human would look for them: a directory, a URL.</summary>
    string Locate(string runId);
}

/// <summary>Appends to one part.</summary>
public interface IPartWriter : IAsyncDisposable
{
    /// <summary>Appends; when the task completes the bytes have left this process, so that a killed one does not lose them.</summary>
    /// <exception cref="StorageException">The place is full.</exception>
    ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes all appended bytes survive a loss of power.</summary>
    ValueTask SyncAsync(CancellationToken cancellationToken);
}
