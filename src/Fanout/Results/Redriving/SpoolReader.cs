using System.Buffers.Binary;
using System.Text;
using Fanout.Sources;

namespace Fanout.Results;

/// <summary>Reads a range of a spool. Item values are slices of its buffer.</summary>
internal sealed class SpoolReader : IItemReader
{
    private const int InitialBufferSize = 128 * 1024;

    private readonly Stream _items;
    private readonly long _end;
    private long _next;
    private long _toSkip;
    private byte[] _buffer = new byte[InitialBufferSize];
    private int _start;
    private int _length;

    private SpoolReader(Stream items, long start, long end, long toSkip) => (_items, _next, _end, _toSkip) = (items, start, end, toSkip);

    public static async ValueTask<IItemReader> OpenAsync(ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        if (start == end)
            return new SpoolReader(Stream.Null, start, end, 0);
        try
        {
            var bytes = new byte[sizeof(long)];
            using (var offsets = workspace.OpenRead(SpoolFormat.OffsetsName))
            {
                offsets.Position = start / SpoolFormat.Stride * sizeof(long);
                await offsets.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            }

            var offset = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            var items = workspace.OpenRead(SpoolFormat.ItemsName);
            if (offset < 0 || offset > items.Length)
            {
                await items.DisposeAsync().ConfigureAwait(false);
                throw Damaged($"item {start} cannot be at byte {offset:N0}", null);
            }

            items.Position = offset;
            return new SpoolReader(items, start, end, start % SpoolFormat.Stride);
        }
        catch (IOException failure)
        {
            throw Damaged($"it cannot be opened at item {start} ({failure.Message})", failure);
        }
    }

    /// <inheritdoc/>
    public bool TryRead(out Item item)
    {
        while (_next < _end && BufferedRecord() is { IsEmpty: false } record)
        {
            _start += SpoolFormat.HeaderSize + record.Length;
            _length -= SpoolFormat.HeaderSize + record.Length;
            if (_toSkip-- > 0)
                continue;
            item = Parse(record, _next++);
            return true;
        }

        item = default;
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        if (_next >= _end)
            return false;
        while (BufferedRecord().IsEmpty)
        {
            MakeRoom();
            var read = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw Damaged($"it ends before item {_next}", null);
            _length += read;
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _items.DisposeAsync();

    private async ValueTask<int> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _items.ReadAsync(_buffer.AsMemory(_start + _length), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            throw Damaged($"it cannot be read at item {_next} ({failure.Message})", failure);
        }
    }

    /// <summary>The next record if all of it is in the buffer; empty: it is not.</summary>
    private ReadOnlyMemory<byte> BufferedRecord()
    {
        if (_length < SpoolFormat.HeaderSize)
            return default;
        var size = RecordSize();
        return _length < SpoolFormat.HeaderSize + size ? default : _buffer.AsMemory(_start + SpoolFormat.HeaderSize, size);
    }

    private int RecordSize()
    {
        var size = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        return size is > 1 and <= SpoolFormat.MaxRecordSize ? size : throw Damaged($"item {_next} cannot be {size} bytes long", null);
    }

    private void MakeRoom()
    {
        var needed = _length < SpoolFormat.HeaderSize ? 0 : SpoolFormat.HeaderSize + RecordSize();
        var target = needed > _buffer.Length ? new byte[needed] : _buffer;
        _buffer.AsSpan(_start, _length).CopyTo(target);
        (_buffer, _start) = (target, 0);
    }

    private static Item Parse(ReadOnlyMemory<byte> record, long index)
    {
        var flags = record.Span[0];
        var at = 1;
        var key = ReadString(record.Span, ref at);
        var defect = (flags & SpoolFormat.HasDefect) == 0 ? null : new ItemError(ReadString(record.Span, ref at), ReadString(record.Span, ref at));
        return new Item(index, record[at..], (flags & SpoolFormat.IsText) != 0) { Key = key, Defect = defect };
    }

    /// <summary>A string as BinaryWriter writes it: its length in bytes in groups of seven bits, the lowest first, then UTF-8.</summary>
    private static string ReadString(ReadOnlySpan<byte> record, ref int at)
    {
        var length = 0;
        var shift = 0;
        byte group;
        do
        {
            if (at >= record.Length || shift > 28)
                throw Damaged("a text in it has no end", null);
            group = record[at++];
            length |= (group & 0x7f) << shift;
            shift += 7;
        }
        while (group > 0x7f);
        if (length < 0 || length > record.Length - at)
            throw Damaged("a text in it has no end", null);
        var text = Encoding.UTF8.GetString(record.Slice(at, length));
        at += length;
        return text;
    }

    private static SourceException Damaged(string finding, Exception? cause) =>
        new($"The spool of redriven items is damaged: {finding}. Start the redrive again under a new id.", cause);
}
