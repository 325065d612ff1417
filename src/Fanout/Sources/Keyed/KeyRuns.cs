using System.Buffers.Binary;

namespace Fanout.Sources;

/// <summary>Reads a partition by key. One call at a time.</summary>
internal sealed class KeyRuns : IAsyncDisposable
{
    private readonly BlockReader _items;
    private readonly BlockReader _keys;

    private KeyRuns(Stream items, Stream keys) => (_items, _keys) = (new BlockReader(items, 256 * 1024), new BlockReader(keys, 16 * 1024));

    /// <exception cref="SourceException">The partition is gone.</exception>
    public static KeyRuns Open(ISourceWorkspace workspace) =>
        new(workspace.Open(KeyedFiles.Items, "its source by key"), workspace.Open(KeyedFiles.Keys, "its source by key"));

    /// <summary>Where a key's items begin and end.</summary>
    /// <exception cref="SourceException">The partition is damaged.</exception>
    public async ValueTask<(long Start, long End)> SpanAsync(long key)
    {
        var entry = await _keys.ReadAsync(key * sizeof(long), 2 * sizeof(long), readOn: true);
        if (entry.Length < 2 * sizeof(long))
            throw Damaged(KeyedFiles.Keys, key * sizeof(long));
        return (BinaryPrimitives.ReadInt64LittleEndian(entry.Span), BinaryPrimitives.ReadInt64LittleEndian(entry.Span[8..]));
    }

    /// <summary>Whole records of one key with bytes of their own: at least one, else no more than <paramref name="wanted"/> bytes.</summary>
    /// <param name="start">Where the first begins.</param>
    /// <param name="end">Where the key's last ends.</param>
    /// <param name="wanted">Bytes.</param>
    /// <param name="readOn">True: what lies behind is asked for next.</param>
    /// <exception cref="SourceException">The partition is damaged.</exception>
    public async ValueTask<byte[]> ReadAsync(long start, long end, int wanted, bool readOn)
    {
        var head = (int)Math.Min(end - start, Math.Max(wanted, KeyedRecord.HeadSize));
        var bytes = await _items.ReadAsync(start, head, readOn);
        var size = KeyedRecord.SizeAt(bytes.Span);
        if (size < KeyedRecord.HeadSize || size > end - start)
            throw Damaged(KeyedFiles.Items, start);
        if (size > bytes.Length)
            bytes = await _items.ReadAsync(start, checked((int)size), readOn);
        return bytes.Length < size ? throw Damaged(KeyedFiles.Items, start) : bytes[..WholeRecords(bytes.Span)].ToArray();
    }

    /// <summary>The one record that begins here.</summary>
    /// <exception cref="SourceException">The partition is damaged.</exception>
    public async ValueTask<byte[]> ReadOneAsync(long start)
    {
        var bytes = await ReadAsync(start, long.MaxValue, KeyedRecord.HeadSize, readOn: true);
        return bytes.Length == (int)KeyedRecord.SizeAt(bytes) ? bytes : bytes[..(int)KeyedRecord.SizeAt(bytes)];
    }

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync();
        await _keys.DisposeAsync();
    }

    private static int WholeRecords(ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        while (KeyedRecord.SizeAt(bytes[whole..]) is > 0 and var size && size <= bytes.Length - whole)
            whole += (int)size;
        return whole;
    }

    private static SourceException Damaged(string file, long offset) =>
        new($"'{file}', which the run wrote when it partitioned its source by key, is damaged at byte {offset:N0}. Start the run again under a new id.");
}
