using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fanout.Sources;

/// <summary>
/// An item as it lies in the partition: <c>int32 length of the rest, int64 number of its key, int64 index, body</c>, where the body is
/// <c>int64 line, byte flags, [identity], [defect's type, defect's message], value</c> and a text is its length as int32 and UTF-8.
/// </summary>
internal static class KeyedRecord
{
    /// <summary>Bytes in front of a body.</summary>
    public const int HeadSize = sizeof(int) + sizeof(long) + sizeof(long);

    private const int BodyHeadSize = sizeof(long) + 1;
    private const byte IsText = 1;
    private const byte HasIdentity = 2;
    private const byte HasDefect = 4;

    /// <summary>Writes a record's head.</summary>
    public static void WriteHead(Span<byte> head, long key, long index, int bodyLength)
    {
        BinaryPrimitives.WriteInt32LittleEndian(head, HeadSize - sizeof(int) + bodyLength);
        BinaryPrimitives.WriteInt64LittleEndian(head[4..], key);
        BinaryPrimitives.WriteInt64LittleEndian(head[12..], index);
    }

    /// <summary>Writes a record's body.</summary>
    public static void WriteBody(IBufferWriter<byte> to, in Item item)
    {
        var head = to.GetSpan(BodyHeadSize);
        BinaryPrimitives.WriteInt64LittleEndian(head, item.Line);
        head[8] = (byte)((item.IsText ? IsText : 0) | (item.Key is null ? 0 : HasIdentity) | (item.Defect is null ? 0 : HasDefect));
        to.Advance(BodyHeadSize);
        if (item.Key is { } identity)
            WriteText(to, identity);
        if (item.Defect is { } defect)
        {
            WriteText(to, defect.Type);
            WriteText(to, defect.Message);
        }

        to.Write(item.Value.Span);
    }

    /// <summary>Bytes of the record that begins here, its head included; 0: too few are here to tell.</summary>
    public static long SizeAt(ReadOnlySpan<byte> bytes) =>
        bytes.Length < sizeof(int) ? 0 : sizeof(int) + (long)BinaryPrimitives.ReadInt32LittleEndian(bytes);

    /// <summary>Number of the record's key.</summary>
    public static long KeyOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[4..]);

    /// <summary>The item of a whole record; its value is a slice of it.</summary>
    public static Item Parse(ReadOnlyMemory<byte> record)
    {
        var bytes = record.Span;
        var index = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]);
        var line = BinaryPrimitives.ReadInt64LittleEndian(bytes[HeadSize..]);
        var flags = bytes[HeadSize + 8];
        var at = HeadSize + BodyHeadSize;
        var identity = (flags & HasIdentity) == 0 ? null : ReadText(bytes, ref at);
        var defect = (flags & HasDefect) == 0 ? null : new ItemError(ReadText(bytes, ref at), ReadText(bytes, ref at));
        return new Item(index, record[at..], (flags & IsText) != 0) { Line = line, Key = identity, Defect = defect };
    }

    private static void WriteText(IBufferWriter<byte> to, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(sizeof(int)), length);
        to.Advance(sizeof(int));
        Encoding.UTF8.GetBytes(text, to);
    }

    private static string ReadText(ReadOnlySpan<byte> record, ref int at)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(record[at..]);
        var text = Encoding.UTF8.GetString(record.Slice(at + sizeof(int), length));
        at += sizeof(int) + length;
        return text;
    }
}
