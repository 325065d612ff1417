namespace Fanout.Sources;

/// <summary>Reads a file here and there; where that is asked for, a block at once, of which the next reads are served.</summary>
internal sealed class BlockReader(Stream stream, int blockBytes) : IAsyncDisposable
{
    private byte[] _block = [];
    private byte[] _piece = [];
    private long _blockStart;
    private int _blockLength;

    /// <summary>Bytes from <paramref name="offset"/> on, fewer only at the file's end; valid until the next read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, bool readOn)
    {
        if (offset >= _blockStart && offset + length <= _blockStart + _blockLength)
            return _block.AsMemory((int)(offset - _blockStart), length);
        if (!readOn)
            return await FillAsync(offset, Sized(ref _piece, length).AsMemory(0, length));
        (_blockStart, _blockLength) = (offset, 0);
        var block = await FillAsync(offset, Sized(ref _block, Math.Max(length, blockBytes)));
        _blockLength = block.Length;
        return block[..Math.Min(length, block.Length)];
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async ValueTask<ReadOnlyMemory<byte>> FillAsync(long offset, Memory<byte> buffer)
    {
        try
        {
            stream.Position = offset;
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..read];
        }
        catch (IOException failure)
        {
            throw new SourceException($"The run's source by key cannot be read: {failure.Message} Restore the run's workspace, or start a new run.", failure);
        }
    }

    // One large item does not make every read after it as large.
    private static byte[] Sized(ref byte[] buffer, int length)
    {
        if (buffer.Length < length || buffer.Length > 4 * Math.Max(length, 1 << 18))
            buffer = new byte[length];
        return buffer;
    }
}
