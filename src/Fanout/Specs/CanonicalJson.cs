using System.Buffers;
using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Specs;

/// <summary>JSON values without what does not matter: white space, comments, trailing commas, needless escapes, and, where asked, the order of fields.</summary>
internal static class CanonicalJson
{
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = FanoutJson.Options.Encoder, MaxDepth = SpecJson.MaxDepth * 2 };

    /// <summary>The value on its own, as strict JSON: what reads it need not know of comments. Its fields keep their order.</summary>
    internal static JsonElement Detach(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            Write(writer, value, sortFields: false);
        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = SpecJson.MaxDepth });
    }

    /// <summary>Writes the value, its fields in ordinal order where their order means nothing (options), else in their own.</summary>
    internal static void Write(Utf8JsonWriter writer, JsonElement value, bool sortFields)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in Fields(value, sortFields))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, sortFields);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                    Write(writer, element, sortFields);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static IEnumerable<JsonProperty> Fields(JsonElement value, bool sorted) =>
        sorted ? value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal) : value.EnumerateObject();
}
