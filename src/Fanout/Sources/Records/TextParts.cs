using System.Buffers;

namespace Fanout.Sources;

/// <summary>Cuts a text of lines into parts that can be scanned each for itself. A part owns the lines that begin in it, however far they go.</summary>
internal static class TextParts
{
    /// <summary>The parts of the text from <paramref name="start"/> to <paramref name="end"/>; one, even of an empty text, or more.</summary>
    public static IReadOnlyList<(long Start, long End)> Split(long start, long end, long partBytes)
    {
        var parts = new List<(long, long)>();
        for (; end - start > partBytes; start += partBytes)
            parts.Add((start, start + partBytes));
        parts.Add((start, end));
        return parts;
    }

    /// <summary>
    /// Where the first line begins that begins in a part which is not the text's first; null: none does. Looks from the byte before the part,
    /// since a line end there makes the part's first byte the beginning of a line; and in the part only, since what begins later is not its own.
    /// </summary>
    public static async ValueTask<long?> FindLineAsync(RecordText text, (long Start, long End) part, int blockBytes, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(blockBytes);
        try
        {
            var at = part.Start - 1;
            text.Stream.Position = at;
            while (at < part.End - 1)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await text.LoadAsync(cancellationToken);
                var read = text.Read(block.AsSpan(0, (int)Math.Min(blockBytes, part.End - 1 - at)), at);
                var found = block.AsSpan(0, read).IndexOf((byte)'\n');
                if (found >= 0)
                    return at + found + 1;
                at += read;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
