namespace Fanout.Sources;

/// <summary>Each record that is not an empty line is an item. With a writer of null records are only found, not read.</summary>
internal struct CsvFormat(string name, int maxItemBytes, byte delimiter, CsvRecordWriter? writer) : IRecordFormat
{
    private CsvSplitter _splitter = new(delimiter);

    public static bool SpansLines => true;

    public int FindEnd(ReadOnlySpan<byte> fresh) => _splitter.FindEnd(fresh);

    public readonly int EndLength(ReadOnlySpan<byte> tail) => LineEnd.Length(tail);

    public readonly bool IsBlank(ReadOnlySpan<byte> part) => part.IsEmpty;

    public readonly void Inspect(in Record record)
    {
    }

    public readonly void InspectEnd()
    {
    }

    public readonly Item ToItem(long index, in Record record)
    {
        var problem = writer!.Write(record.Content.Span, out var json);
        if (problem is not null)
            return new Item(index, default, IsText: false) { Defect = Defects.Malformed(name, record.Line, problem) };
        return json.Length <= maxItemBytes
            ? new Item(index, json, IsText: false)
            : new Item(index, default, IsText: false) { Defect = Defects.Oversized(name, record.Line, json.Length, maxItemBytes) };
    }
}
