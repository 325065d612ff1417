using System.Text.Unicode;

namespace Fanout.Sources;

/// <summary>Each line that is not blank is an item, a JSON value. Whether it is one is checked where it is handled, on many cores.</summary>
internal readonly struct JsonlFormat(string name) : IRecordFormat
{
    public static bool SpansLines => false;

    public int FindEnd(ReadOnlySpan<byte> fresh)
    {
        var end = fresh.IndexOf((byte)'\n');
        return end < 0 ? -1 : end + 1;
    }

    public int EndLength(ReadOnlySpan<byte> tail) => LineEnd.Length(tail);

    public bool IsBlank(ReadOnlySpan<byte> part) =>
        part.IsEmpty || (part[0] <= (byte)' ' && !part.ContainsAnyExcept(JsonWhitespace.Bytes));

    public void Inspect(in Record record)
    {
    }

    public void InspectEnd()
    {
    }

    public Item ToItem(long index, in Record record)
    {
        var value = JsonWhitespace.Trim(record.Content);
        return Utf8.IsValid(value.Span)
            ? new Item(index, value, IsText: false) { Line = record.Line }
            : new Item(index, default, IsText: false) { Defect = Defects.Malformed(name, record.Line, "the line is not valid UTF-8.") };
    }
}
