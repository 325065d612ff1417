using System.Globalization;
using System.Text;
using System.Text.Json;
using Fanout.Specs;

namespace Fanout.Sources;

/// <summary>A JSON pointer (RFC 6901) into items. Allocates nothing to read one.</summary>
/// <param name="pointer">The pointer; <c>""</c> is the whole item.</param>
/// <exception cref="ArgumentException">It is no pointer.</exception>
internal sealed class ItemPointer(string pointer)
{
    private readonly Segment[] _segments = [.. JsonPointer.Split(pointer).Select(segment => new Segment(segment))];

    /// <summary>The pointer as it was given.</summary>
    public string Text { get; } = pointer;

    /// <summary>
    /// The JSON value it points to, as it is written in the item. False: there is none, or the item is text, defective, or no valid JSON up
    /// to there. Of properties with the same name it is the first.
    /// </summary>
    public bool TryFind(in Item item, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (item.IsText || item.Defect is not null)
            return false;
        try
        {
            return TryFind(item.Value.Span, out json);
        }
        catch (JsonException)
        {
            // Malformed: the item fails for that, and in other words.
            return false;
        }
    }

    private bool TryFind(ReadOnlySpan<byte> item, out ReadOnlySpan<byte> json)
    {
        json = default;
        var reader = new Utf8JsonReader(item);
        if (!reader.Read())
            return false;
        foreach (var segment in _segments)
        {
            if (!segment.TryEnter(ref reader))
                return false;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        json = item[start..(int)reader.BytesConsumed];
        return true;
    }

    private sealed class Segment(string text)
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(text);

        // Array places have no leading zeros; "-" is the place after the last, where nothing is.
        private readonly int? _place =
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && (text.Length == 1 || text[0] != '0') ? place : null;

        // Moves from a container's first token to that of the element.
        public bool TryEnter(ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.StartObject => TryEnterProperty(ref reader),
            JsonTokenType.StartArray => TryEnterElement(ref reader),
            _ => false,
        };

        private bool TryEnterProperty(ref Utf8JsonReader reader)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(_name);
                reader.Read();
                if (found)
                    return true;
                reader.Skip();
            }

            return false;
        }

        private bool TryEnterElement(ref Utf8JsonReader reader)
        {
            if (_place is not { } place)
                return false;
            for (var at = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; at++)
            {
                if (at == place)
                    return true;
                reader.Skip();
            }

            return false;
        }
    }
}
