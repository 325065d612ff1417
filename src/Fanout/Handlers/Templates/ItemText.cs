using System.Buffers;
using System.Text.Json;
using Fanout.Sources;

namespace Fanout.Handlers.Templates;

/// <summary>Items and their fields as plain text: strings unescaped, everything else as compact JSON.</summary>
internal static class ItemText
{
    public static void Write(in Item item, IBufferWriter<byte> output)
    {
        if (item.IsText)
            output.Write(item.Value.Span);
        else
            WriteJson(item.Value.Span, output);
    }

    /// <summary>False: the item is no object, or has no such field.</summary>
    public static bool TryWriteField(in Item item, FieldPath path, IBufferWriter<byte> output)
    {
        if (item.IsText || !TryFind(item.Value.Span, path, out var value))
            return false;
        WriteJson(value, output);
        return true;
    }

    /// <summary>The field as the JSON it is. False: the item is no object, or has no such field.</summary>
    public static bool TryCopyField(in Item item, FieldPath path, IBufferWriter<byte> output)
    {
        if (item.IsText || !TryFind(item.Value.Span, path, out var value))
            return false;
        CompactJson.Copy(value, output);
        return true;
    }

    private static void WriteJson(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            output.Advance(reader.CopyString(output.GetSpan(json.Length)));
        else
            CompactJson.Copy(json, output);
    }

    // A field that is named with the dots wins over the nested one: CSV headings have them.
    private static bool TryFind(ReadOnlySpan<byte> json, FieldPath path, out ReadOnlySpan<byte> value)
    {
        if (TryFindProperty(json, path.Utf8Name, out value))
            return true;
        if (path.Segments.Length == 1)
            return false;
        value = json;
        foreach (var segment in path.Segments)
        {
            if (!TryFindProperty(value, segment, out value))
                return false;
        }
        return true;
    }

    private static bool TryFindProperty(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!found)
                continue;
            value = json[start..(int)reader.BytesConsumed];
            return true;
        }
        return false;
    }
}
