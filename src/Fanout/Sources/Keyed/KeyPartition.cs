using System.Buffers;
using System.Buffers.Binary;
using Fanout.Storage;

namespace Fanout.Sources;

/// <summary>
/// Writes a source's items anew, those with the same key next to each other and in the source's order. Keys are numbered from 0 in an order
/// that means nothing. Memory stays below 32 MiB, however many items and keys there are.
/// </summary>
internal sealed class KeyPartition(ISourceWorkspace workspace, ItemKeys keys, SortSettings settings)
{
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private int _scratches;

    /// <summary>Writes the partition and publishes it.</summary>
    /// <exception cref="SourceException">The source failed.</exception>
    /// <exception cref="StorageException">The workspace cannot be written to.</exception>
    public async ValueTask<KeyCounts> WriteAsync(IItemReader items, CancellationToken cancellationToken)
    {
        var counts = default(KeyCounts);
        await workspace.WriteAsync(KeyedFiles.Items, async itemsFile =>
            await workspace.WriteAsync(KeyedFiles.Keys, async keysFile =>
            {
                using var sort = new ExternalSort(OpenScratch, settings);
                await AddAllAsync(items, sort, cancellationToken);
                using var sorted = sort.Sort();
                counts = Write(sorted, itemsFile, keysFile, cancellationToken);
            }));
        return counts;
    }

    private Stream OpenScratch() =>
        workspace.Create(FormattableString.Invariant($"{KeyedFiles.Sorting}.{++_scratches}"));

    private async ValueTask AddAllAsync(IItemReader items, ExternalSort sort, CancellationToken cancellationToken)
    {
        while (await items.WaitToReadAsync(cancellationToken))
        {
            while (items.TryRead(out var item))
            {
                _body.ResetWrittenCount();
                KeyedRecord.WriteBody(_body, item);
                sort.Add(new SortKey(keys.KeyOf(item), item.Index), _body.WrittenSpan);
            }
        }
    }

    private KeyCounts Write(ISortedRecords sorted, Stream itemsFile, Stream keysFile, CancellationToken cancellationToken)
    {
        using var toItems = new BlockWriter(itemsFile, settings.BlockBytes);
        using var toKeys = new BlockWriter(keysFile, settings.BlockBytes);
        var head = new byte[KeyedRecord.HeadSize];
        var (count, largest, inThis) = (0L, 0L, 0L);
        UInt128? last = null;
        while (sorted.MoveNext())
        {
            if (sorted.Key.Group != last)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (last, inThis) = (sorted.Key.Group, 0);
                count++;
                WriteOffset(toKeys, toItems.Written);
            }

            largest = Math.Max(largest, ++inThis);
            var body = sorted.Record;
            KeyedRecord.WriteHead(head, count - 1, sorted.Key.Place, body.Length);
            toItems.Write(head);
            toItems.Write(body);
        }

        WriteOffset(toKeys, toItems.Written);
        toItems.Flush();
        toKeys.Flush();
        return new KeyCounts(count, largest);
    }

    private static void WriteOffset(BlockWriter to, long offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, offset);
        to.Write(bytes);
    }
}
