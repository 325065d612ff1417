using System.Buffers;
using System.IO.Compression;

namespace Fanout.Sources;

/// <summary>Copies what can only be read once, or only from its beginning, into the workspace.</summary>
internal sealed class Spool(string name, ISourceWorkspace workspace)
{
    private const int BlockBytes = 256 * 1024;

    /// <summary>
    /// Copies a pipe, once. A marker is left before its first byte is taken: when a process dies half-way, what it took is lost, and
    /// whatever the pipe of the next one holds must not pass for the same input.
    /// </summary>
    /// <returns>Bytes of the copy, this one or an earlier complete one.</returns>
    /// <exception cref="SourceException">An earlier copy was begun and not finished.</exception>
    public async ValueTask<long> CopyOnceAsync(Func<Stream> open, CancellationToken cancellationToken)
    {
        if (workspace.Exists(WorkspaceFiles.Input))
        {
            await using var copy = workspace.OpenRead(WorkspaceFiles.Input);
            return copy.Length;
        }

        if (workspace.Exists(WorkspaceFiles.InputStarted))
        {
            throw new SourceException(
                $"Reading {name} was interrupted, and what was read of it is lost. Start the run again with the same input under a new id.");
        }

        await workspace.WriteAsync(WorkspaceFiles.InputStarted, _ => ValueTask.CompletedTask);
        await using var input = open();
        return await CopyAsync(input, WorkspaceFiles.Input, [], cancellationToken);
    }

    /// <summary>Decompresses.</summary>
    /// <returns>Bytes of the decompressed text.</returns>
    /// <exception cref="SourceException">It is not gzip, damaged, or cut off.</exception>
    public async ValueTask<long> DecompressAsync(Stream compressed, CancellationToken cancellationToken)
    {
        await using var text = new GZipStream(new GzipInput(compressed), CompressionMode.Decompress);
        return await CopyAsync(text, WorkspaceFiles.Decompressed, GzipInput.EndMark, cancellationToken);
    }

    // The end mark, when one is expected, is held back until more follows it, and left out of the copy.
    private async ValueTask<long> CopyAsync(Stream from, string to, byte[] endMark, CancellationToken cancellationToken)
    {
        var length = 0L;
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            await workspace.WriteAsync(to, async stream =>
            {
                var held = 0;
                while (await ReadAsync(from, block.AsMemory(held), cancellationToken) is var read and > 0)
                {
                    var certain = Math.Max(0, held + read - endMark.Length);
                    await stream.WriteAsync(block.AsMemory(0, certain), cancellationToken);
                    length += certain;
                    held += read - certain;
                    block.AsSpan(certain, held).CopyTo(block);
                }

                if (!block.AsSpan(0, held).SequenceEqual(endMark))
                    throw Damaged("it ends too early.");
            });
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async ValueTask<int> ReadAsync(Stream from, Memory<byte> block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await from.ReadAsync(block, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{name} cannot be read: {e.Message} Make it readable, then start the run again.", e);
        }
    }

    private SourceException Damaged(string reason, Exception? cause = null) =>
        new($"{name} is not gzip, or is damaged or cut off: {reason} Correct the file, then start the run again.", cause);
}
