using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Fanout.Specs;

namespace Fanout.Sources;

/// <summary>Finds the value a JSON pointer (RFC 6901) points at, without building a document. Of equal names the last counts, as with System.Text.Json.</summary>
internal sealed class ItemPointer(string pointer)
{
    private readonly byte[][] _segments = [.. JsonPointer.Split(pointer).Select(Encoding.UTF8.GetBytes)];

    /// <summary>True: it points at the whole item.</summary>
    public bool IsWhole => _segments.Length == 0;

    /// <summary>The pointer as it was given.</summary>
    public string Text { get; } = pointer;

    /// <summary>The value as it is written in the item. False: there is none, or the item is text, defective, or not valid JSON up to there.</summary>
    public bool TryFind(in Item item, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (item.IsText || item.Defect is not null || !TryFind(item.Value.Span, out var value))
            return false;
        var start = (int)value.TokenStartIndex;
        try
        {
            value.Skip();
        }
        catch (JsonException)
        {
            // Malformed: the item fails for that, and in other words.
            return false;
        }

        json = item.Value.Span[start..(int)value.BytesConsumed];
        return true;
    }

    /// <summary>False: there is nothing there, or the item is not JSON.</summary>
    /// <param name="json">The item.</param>
    /// <param name="value">Stands on the value's first token.</param>
    public bool TryFind(ReadOnlySpan<byte> json, out Utf8JsonReader value)
    {
        value = new Utf8JsonReader(json);
        try
        {
            return value.Read() && TryDescend(ref value, 0);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryDescend(ref Utf8JsonReader reader, int depth)
    {
        if (depth == _segments.Length)
            return true;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => TryProperty(ref reader, depth),
            JsonTokenType.StartArray => TryElement(ref reader, depth),
            _ => false,
        };
    }

    private bool TryProperty(ref Utf8JsonReader reader, int depth)
    {
        var found = default(Utf8JsonReader);
        var isFound = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var matches = reader.ValueTextEquals(_segments[depth]);
            reader.Read();
            if (matches)
            {
                found = reader;
                isFound = true;
            }

            reader.Skip();
        }

        reader = found;
        return isFound && TryDescend(ref reader, depth + 1);
    }

    private bool TryElement(ref Utf8JsonReader reader, int depth)
    {
        if (!TryParseIndex(_segments[depth], out var wanted))
            return false;
        for (var index = 0L; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index == wanted)
                return TryDescend(ref reader, depth + 1);
            reader.Skip();
        }

        return false;
    }

    // RFC 6901: no leading zeros.
    private static bool TryParseIndex(byte[] segment, out long index) =>
        Utf8Parser.TryParse(segment, out index, out var used) && used == segment.Length
        && segment[0] is >= (byte)'0' and <= (byte)'9' && (segment.Length == 1 || segment[0] != '0');
}
