using System.IO.Compression;

namespace Fanout.Sources;

/// <summary>
/// A gzip file followed by one more member of our own. .NET's decompressor takes a file that is cut off for one that has ended; the mark
/// comes out of it only when the member before was complete.
/// </summary>
internal sealed class GzipInput(Stream compressed) : Stream
{
    /// <summary>What a complete file decompresses to ends with.</summary>
    public static readonly byte[] EndMark = [.. "fanout: end of the gzip file"u8];

    private readonly MemoryStream _mark = new(CompressMark());
    private bool _ended;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _ended ? 0 : await compressed.ReadAsync(buffer, cancellationToken);
        _ended = read == 0;
        return _ended ? _mark.Read(buffer.Span) : read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = _ended ? 0 : compressed.Read(buffer, offset, count);
        _ended = read == 0;
        return _ended ? _mark.Read(buffer, offset, count) : read;
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] CompressMark()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(EndMark);
        return bytes.ToArray();
    }
}
