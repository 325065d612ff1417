namespace Fanout.Sources;

/// <summary>Looks at the first bytes of a text.</summary>
internal static class TextHead
{
    /// <summary>Where the text begins: after a byte order mark, if there is one.</summary>
    /// <exception cref="SourceException">It is not UTF-8 but UTF-16, or compressed.</exception>
    public static Place Begin(RecordText text)
    {
        Span<byte> head = stackalloc byte[3];
        text.Stream.Position = 0;
        head = head[..text.Stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new SourceException($"{text.Name} is UTF-16, not UTF-8. Convert it (iconv -f UTF-16 -t UTF-8), then start the run again.");
        if (IsGzip(head))
            throw new SourceException($"{text.Name} is compressed with gzip, but its name does not end in .gz. Rename or decompress it, then start the run again.");
        return new Place(head.SequenceEqual((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head.Length : 0, Line: 1);
    }

    public static bool IsGzip(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
}
