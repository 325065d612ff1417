namespace Fanout.Sources;

/// <summary>Elements of one JSON array.</summary>
internal sealed class JsonArraySource(IContent content, ScanSettings settings) : RecordSource<JsonArrayFormat>(content, settings)
{
    private const int BlockBytes = 4096;

    protected override JsonArrayFormat Begin(RecordText text, ref Place first)
    {
        var block = new byte[BlockBytes];
        text.Stream.Position = first.Offset;
        while (text.Stream.Read(block) is var read and > 0)
        {
            var bytes = block.AsSpan(0, read);
            var found = bytes.IndexOfAnyExcept(JsonWhitespace.Bytes);
            var space = found < 0 ? bytes : bytes[..found];
            first = new Place(first.Offset + space.Length, first.Line + space.Count((byte)'\n'));
            if (found < 0)
                continue;
            if (bytes[found] != (byte)'[')
                throw NoArray(first.Line);
            first = first with { Offset = first.Offset + 1 };
            return new JsonArrayFormat(Name);
        }

        throw NoArray(first.Line);
    }

    protected override ValueTask<JsonArrayFormat> ResumeAsync(RecordText text, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JsonArrayFormat(Name));

    private SourceException NoArray(long line) => new(
        $"{Name} is not a JSON array: there is no '[' where it should begin, at line {line}. Give a file with one array, or use a jsonl source for one value a line.");
}
