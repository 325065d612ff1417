namespace Fanout.Azure;

/// <summary>
/// A local file without a name in the end: being disposed of only ends the writing, since what was written is yet to be uploaded. It is gone when
/// it is deleted, when nobody refers to it any more, or with the process, however that ends.
/// </summary>
internal sealed class StagedFile : Stream
{
    private const int BufferBytes = 64 * 1024;

    private readonly FileStream _file;
    private bool _isClosed;

    /// <exception cref="IOException">The directory is full or not writable.</exception>
    public StagedFile(string directory)
    {
        var path = Path.Combine(directory, $"fanout-{Path.GetRandomFileName()}.tmp");
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferBytes, FileOptions.DeleteOnClose);
        // Elsewhere than on Windows, deletion on closing is .NET's doing, and a killed process does none.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    public override bool CanRead => !_isClosed;

    public override bool CanSeek => !_isClosed;

    public override bool CanWrite => !_isClosed;

    public override long Length => Open().Length;

    public override long Position
    {
        get => Open().Position;
        set => Open().Position = value;
    }

    /// <summary>What was written, from its beginning.</summary>
    /// <exception cref="InvalidOperationException">It is still being written.</exception>
    public Stream Content()
    {
        if (!_isClosed)
            throw new InvalidOperationException("A file that is still open cannot be published.");
        _file.Position = 0;
        return _file;
    }

    /// <summary>Frees its space.</summary>
    public void Delete() => _file.Dispose();

    public override int Read(byte[] buffer, int offset, int count) => Open().Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => Open().Read(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Open().ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Open().Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => Open().Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Open().WriteAsync(buffer, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => Open().Seek(offset, origin);

    public override void SetLength(long value) => Open().SetLength(value);

    public override void Flush() => Open().Flush();

    /// <exception cref="IOException">The disk is full.</exception>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed)
        {
            _isClosed = true;
            _file.Flush();
        }

        base.Dispose(disposing);
    }

    private FileStream Open()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _file;
    }
}
