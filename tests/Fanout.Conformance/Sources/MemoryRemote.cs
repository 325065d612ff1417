using Fanout.Sources;

namespace Fanout.Conformance.Sources;

/// <summary>A storage account in memory, with one text in it that every path names.</summary>
internal sealed class MemoryRemote(byte[] bytes) : IRemoteSources, IRemoteText
{
    private long _bytesRead;

    public byte[] Bytes { get; set; } = bytes;

    public string Tag { get; set; } = "\"0x1:2\"";

    public string Name => "blob 'a'";

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public List<(long Offset, int Count)> Reads { get; } = [];

    /// <summary>Awaited before a read is answered; null: nothing.</summary>
    public Func<long, Task>? OnRead { get; set; }

    public IRemoteText OpenText(BlobPath path) => this;

    public IItemListing OpenListing(BlobsSourceSpec spec) => throw new InvalidOperationException("Nothing is listed.");

    public ValueTask<RemoteVersion> FindAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new RemoteVersion(Bytes.Length, Tag));
    }

    public async ValueTask ReadAsync(RemoteVersion version, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Reads)
            Reads.Add((offset, buffer.Length));
        Interlocked.Add(ref _bytesRead, buffer.Length);
        if (OnRead is not null)
            await OnRead(offset);
        if (version.Tag != Tag)
            throw new SourceException("changed");
        Bytes.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
    }
}
