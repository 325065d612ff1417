using System.Buffers.Binary;

namespace Fanout.Sources;

/// <summary>Finds the place to start reading for an item; reads one entry of the index, not all of it.</summary>
/// <remarks>Little-endian: signature, stride, number of entries, then (offset, line) of each; 8 bytes each.</remarks>
internal static class SparseIndex
{
    public const long Signature = 0x3130_5844_494E_4146; // "FANIDX01"
    public const int HeaderBytes = 24;
    public const int EntryBytes = 16;

    /// <summary>Where to begin to read the items from <paramref name="start"/>, and where those before <paramref name="end"/> are surely over.</summary>
    /// <exception cref="SourceException">The index is gone or damaged.</exception>
    public static IndexedRange Find(ISourceWorkspace workspace, string sourceName, long start, long end)
    {
        using var stream = workspace.Open(WorkspaceFiles.Index, sourceName);
        Span<byte> header = stackalloc byte[HeaderBytes];
        try
        {
            stream.ReadExactly(header);
            var stride = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
            var entries = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
            var first = start / Math.Max(stride, 1);
            if (BinaryPrimitives.ReadInt64LittleEndian(header) != Signature || stride < 1 || first >= entries)
                throw Damaged(sourceName, null);
            var last = ((end - 1) / stride) + 1;
            return new IndexedRange(
                ReadEntry(stream, first), first * stride, last < entries ? ReadEntry(stream, last).Offset : long.MaxValue);
        }
        catch (IOException e)
        {
            throw Damaged(sourceName, e);
        }
    }

    private static Place ReadEntry(Stream stream, long entry)
    {
        Span<byte> bytes = stackalloc byte[EntryBytes];
        stream.Position = HeaderBytes + (entry * EntryBytes);
        stream.ReadExactly(bytes);
        return new Place(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
    }

    private static SourceException Damaged(string sourceName, Exception? cause) =>
        new($"The index the run made of {sourceName} is damaged. Start a new run.", cause);
}

/// <summary>The part of a text that holds a range of items.</summary>
/// <param name="First">Where to start reading.</param>
/// <param name="FirstItem">The item that begins there, at or before the range's first.</param>
/// <param name="EndOffset">An offset at or after the end of the range's last item; <see cref="long.MaxValue"/>: the text's end.</param>
internal readonly record struct IndexedRange(Place First, long FirstItem, long EndOffset);
