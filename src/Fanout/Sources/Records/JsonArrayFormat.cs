using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Fanout.Sources;

/// <summary>
/// Each element of one array is an item. Elements are cut by strings and brackets alone, so one of any size can be skipped; while the source
/// is planned each is checked by <see cref="Utf8JsonReader"/>, so a text that is not JSON is refused before anything runs.
/// </summary>
/// <remarks>The text begins after the opening bracket, or after the comma before any element.</remarks>
internal struct JsonArrayFormat(string name) : IRecordFormat
{
    private const int MaxDepth = 1_000;

    private static readonly SearchValues<byte> BetweenElements = SearchValues.Create("\"{}[],"u8);
    private static readonly SearchValues<byte> InElement = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);

    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _afterComma;
    private bool _closed;

    public static bool SpansLines => true;

    public int FindEnd(ReadOnlySpan<byte> fresh)
    {
        var at = 0;
        while (!_closed && at < fresh.Length)
        {
            if (_inString)
            {
                at = FindStringEnd(fresh, at);
                continue;
            }

            var found = fresh[at..].IndexOfAny(_depth == 0 ? BetweenElements : InElement);
            if (found < 0)
                return -1;
            at += found + 1;
            switch (fresh[at - 1])
            {
                case (byte)'"':
                    _inString = true;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                case (byte)',':
                    _afterComma = true;
                    return at;
                case (byte)']' when _depth == 0:
                    _closed = true;
                    return at;
                default:
                    _depth = Math.Max(0, _depth - 1); // a stray '}' is found when the element is checked
                    break;
            }
        }

        return -1;
    }

    public readonly int EndLength(ReadOnlySpan<byte> tail) => 1;

    // Nothing stands in an empty array, and nothing but whitespace after the closing bracket.
    public readonly bool IsBlank(ReadOnlySpan<byte> part) => _closed && !_afterComma && !part.ContainsAnyExcept(JsonWhitespace.Bytes);

    public void Inspect(in Record record)
    {
        if (!record.Terminated)
            throw Broken(record.Line, record.Offset, _closed ? "text follows the array's closing bracket." : "the array is not closed; the file may be cut off.");
        if (!record.Oversized)
            Check(record);
        if (_closed)
            _afterComma = false; // from here on only whitespace may follow
    }

    public readonly void InspectEnd()
    {
        if (!_closed)
            throw new SourceException($"{name} is not valid JSON: the array is not closed; the file may be cut off. Correct the file, then start the run again.");
    }

    public readonly Item ToItem(long index, in Record record)
    {
        var value = JsonWhitespace.Trim(record.Content);
        if (Utf8.IsValid(value.Span))
            return new Item(index, value, IsText: false);
        var space = record.Content.Span[..Math.Max(0, record.Content.Span.IndexOfAnyExcept(JsonWhitespace.Bytes))];
        return new Item(index, default, IsText: false)
        {
            Defect = Defects.Malformed(name, record.Line + space.Count((byte)'\n'), "the element is not valid UTF-8."),
        };
    }

    private int FindStringEnd(ReadOnlySpan<byte> fresh, int at)
    {
        if (_escaped)
        {
            _escaped = false;
            return at + 1;
        }

        var found = fresh[at..].IndexOfAny(InString);
        if (found < 0)
            return fresh.Length;
        if (fresh[at + found] == (byte)'"')
            _inString = false;
        else
            _escaped = true;
        return at + found + 1;
    }

    private readonly void Check(in Record record)
    {
        var reader = new Utf8JsonReader(record.Content.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            var reason = e.Message;
            var cut = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            if (!record.Content.Span.ContainsAnyExcept(JsonWhitespace.Bytes))
                reason = "a value is missing.";
            else if (cut > 0)
                reason = reason[..cut];
            throw Broken(record.Line + (e.LineNumber ?? 0), record.Offset + reader.BytesConsumed, reason, e);
        }
    }

    private readonly SourceException Broken(long line, long offset, string reason, Exception? cause = null) => new(
        string.Create(CultureInfo.InvariantCulture, $"{name} is not valid JSON at line {line}, byte {offset}: {reason} Correct the file, then start the run again."),
        cause);
}
