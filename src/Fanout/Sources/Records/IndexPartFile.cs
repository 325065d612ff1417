using System.Buffers.Binary;

namespace Fanout.Sources;

/// <summary>What an activity found in its part of a text, as a file of the workspace; a part that is scanned again gives the same.</summary>
/// <remarks>Little-endian: signature, items, lines, number of entries, then (item, offset, line) of each; 8 bytes each.</remarks>
internal static class IndexPartFile
{
    private const long Signature = 0x3130_5452_504E_4146; // "FANPRT01"
    private const int HeaderBytes = 32;
    private const int EntryBytes = SparseIndex.EntryBytes;

    /// <summary>Writes a part's.</summary>
    /// <exception cref="StorageException">The workspace cannot be written to.</exception>
    public static ValueTask WriteAsync(ISourceWorkspace workspace, int number, IndexPart part) =>
        workspace.WriteAsync(WorkspaceFiles.IndexPart(number), async stream =>
        {
            var bytes = new byte[HeaderBytes + (part.Entries.Count * EntryBytes)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, Signature);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), part.Items);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), part.Lines);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), part.Entries.Count);
            SparseIndex.WriteEntries(bytes.AsSpan(HeaderBytes), part.Entries);
            await stream.WriteAsync(bytes);
        });

    /// <summary>Reads a part's.</summary>
    /// <param name="workspace">The run's.</param>
    /// <param name="sourceName">What messages call the source.</param>
    /// <param name="number">Which part.</param>
    /// <param name="items">How many items it is known to have.</param>
    /// <param name="cellBytes">The size of the index's cells.</param>
    /// <exception cref="SourceException">It is gone, damaged, or of something else.</exception>
    public static IndexPart Read(ISourceWorkspace workspace, string sourceName, int number, long items, long cellBytes)
    {
        var name = WorkspaceFiles.IndexPart(number);
        using var stream = workspace.Open(name, sourceName);
        try
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadInt64LittleEndian(bytes) != Signature
                || BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)) != items
                || BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)) != (bytes.Length - HeaderBytes) / EntryBytes)
            {
                throw Damaged(null);
            }

            return new IndexPart(cellBytes, SparseIndex.ReadEntries(bytes.AsSpan(HeaderBytes)), items, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)));
        }
        catch (IOException e)
        {
            throw Damaged(e);
        }

        SourceException Damaged(Exception? cause) =>
            new($"The index the run made of a part of {sourceName} ('{name}') is damaged, or of another version of Fanout. Start a new run.", cause);
    }
}
