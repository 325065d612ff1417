using Fanout.Storage;
using Microsoft.Win32.SafeHandles;

namespace Fanout.Results;

/// <summary>Appends to a file at an offset it keeps itself, unbuffered: callers hand over whole buffers.</summary>
internal sealed class FilePartWriter(string path, SafeFileHandle file) : IPartWriter
{
    private long _offset;
    private bool _nameIsDurable;

    /// <summary>After a failure the offset stands where it was: a next append overwrites what a full disk cut off.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(file, bytes, _offset, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (StorageFailure.IsStorage(failure))
        {
            throw StorageFailure.Explain("write", path, failure);
        }

        _offset += bytes.Length;
    }

    public async ValueTask SyncAsync(CancellationToken cancellationToken) =>
        await Task.Run(() => StorageFailure.Guard("write", path, Sync), cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Sync()
    {
        RandomAccess.FlushToDisk(file);
        if (_nameIsDurable)
            return;
        DurableDirectory.Sync(Path.GetDirectoryName(path)!);
        _nameIsDurable = true;
    }
}
