using System.Buffers.Binary;

namespace Fanout.Sources;

/// <summary>Finds the place to start reading for an item, by halving: it reads a few entries of the index, not all of it.</summary>
/// <remarks>Little-endian: signature, number of entries, then (item, offset, line) of each; 8 bytes each.</remarks>
internal static class SparseIndex
{
    public const long Signature = 0x3230_5844_494E_4146; // "FANIDX02"
    public const int HeaderBytes = 16;
    public const int EntryBytes = 24;

    /// <summary>Writes the index, at least one entry or none if there is no item.</summary>
    public static ValueTask WriteAsync(ISourceWorkspace workspace, IEnumerable<IndexEntry> entries) =>
        workspace.WriteAsync(WorkspaceFiles.Index, async stream =>
        {
            var all = entries.ToList();
            var bytes = new byte[HeaderBytes + (all.Count * EntryBytes)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, Signature);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), all.Count);
            WriteEntries(bytes.AsSpan(HeaderBytes), all);
            await stream.WriteAsync(bytes);
        });

    /// <summary>Writes entries one after another.</summary>
    public static void WriteEntries(Span<byte> to, IEnumerable<IndexEntry> entries)
    {
        foreach (var (item, place) in entries)
        {
            BinaryPrimitives.WriteInt64LittleEndian(to, item);
            BinaryPrimitives.WriteInt64LittleEndian(to[8..], place.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(to[16..], place.Line);
            to = to[EntryBytes..];
        }
    }

    /// <summary>Reads what <see cref="WriteEntries"/> wrote.</summary>
    public static List<IndexEntry> ReadEntries(ReadOnlySpan<byte> bytes)
    {
        var entries = new List<IndexEntry>(bytes.Length / EntryBytes);
        for (; bytes.Length >= EntryBytes; bytes = bytes[EntryBytes..])
            entries.Add(ReadEntry(bytes));
        return entries;
    }

    /// <summary>Where to begin to read the items from <paramref name="start"/>, and where those before <paramref name="end"/> are surely over.</summary>
    /// <exception cref="SourceException">The index is gone or damaged.</exception>
    public static IndexedRange Find(ISourceWorkspace workspace, string sourceName, long start, long end)
    {
        using var stream = workspace.Open(WorkspaceFiles.Index, sourceName);
        Span<byte> header = stackalloc byte[HeaderBytes];
        try
        {
            stream.ReadExactly(header);
            var count = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
            if (BinaryPrimitives.ReadInt64LittleEndian(header) != Signature || count < 1 || count > (stream.Length - HeaderBytes) / EntryBytes)
                throw Damaged(sourceName, null);
            var after = FirstAfter(stream, start, 0, count);
            var first = after == 0 ? throw Damaged(sourceName, null) : ReadEntry(stream, after - 1);
            if (first.Item < 0 || first.Place.Offset < 0)
                throw Damaged(sourceName, null);
            var last = FirstAfter(stream, end - 1, after, count);
            return new IndexedRange(first.Place, first.Item, last < count ? ReadEntry(stream, last).Place.Offset : long.MaxValue);
        }
        catch (IOException e)
        {
            throw Damaged(sourceName, e);
        }
    }

    // The first entry of an item after the given one, of those from low up to high; high: there is none.
    private static long FirstAfter(Stream stream, long item, long low, long high)
    {
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (ReadEntry(stream, middle).Item > item)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private static IndexEntry ReadEntry(Stream stream, long entry)
    {
        Span<byte> bytes = stackalloc byte[EntryBytes];
        stream.Position = HeaderBytes + (entry * EntryBytes);
        stream.ReadExactly(bytes);
        return ReadEntry(bytes);
    }

    private static IndexEntry ReadEntry(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        new Place(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])));

    private static SourceException Damaged(string sourceName, Exception? cause) =>
        new($"The index the run made of {sourceName} is damaged, or of another version of Fanout. Start a new run.", cause);
}

/// <summary>The part of a text that holds a range of items.</summary>
/// <param name="First">Where to start reading.</param>
/// <param name="FirstItem">The item that begins there, at or before the range's first.</param>
/// <param name="EndOffset">An offset at or after the end of the range's last item; <see cref="long.MaxValue"/>: the text's end.</param>
internal readonly record struct IndexedRange(Place First, long FirstItem, long EndOffset);
