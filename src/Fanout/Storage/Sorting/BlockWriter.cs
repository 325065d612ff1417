using System.Buffers;

namespace Fanout.Storage;

/// <summary>Gathers small writes to a stream that outlives it.</summary>
internal sealed class BlockWriter(Stream stream, int size) : IDisposable
{
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(size);
    private int _filled;

    /// <summary>Bytes written, those still gathered included.</summary>
    public long Written { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Written += bytes.Length;
        if (bytes.Length > _block.Length - _filled)
            Flush();
        if (bytes.Length > _block.Length)
        {
            stream.Write(bytes);
            return;
        }

        bytes.CopyTo(_block.AsSpan(_filled));
        _filled += bytes.Length;
    }

    public void Flush()
    {
        stream.Write(_block, 0, _filled);
        _filled = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_block);
}
