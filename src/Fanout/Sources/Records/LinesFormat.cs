using System.Text.Unicode;

namespace Fanout.Sources;

/// <summary>Each line is an item, empty ones too.</summary>
internal readonly struct LinesFormat(string name) : IRecordFormat
{
    public static bool SpansLines => false;

    public int FindEnd(ReadOnlySpan<byte> fresh)
    {
        var end = fresh.IndexOf((byte)'\n');
        return end < 0 ? -1 : end + 1;
    }

    public int EndLength(ReadOnlySpan<byte> tail) => LineEnd.Length(tail);

    public bool IsBlank(ReadOnlySpan<byte> part) => false;

    public void Inspect(in Record record)
    {
    }

    public void InspectEnd()
    {
    }

    public Item ToItem(long index, in Record record) => Utf8.IsValid(record.Content.Span)
        ? new Item(index, record.Content, IsText: true)
        : new Item(index, default, IsText: true) { Defect = Defects.Malformed(name, record.Line, "the line is not valid UTF-8.") };
}
