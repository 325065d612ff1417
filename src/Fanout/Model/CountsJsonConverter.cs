using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout;

/// <summary>Writes counts as an array of four numbers: every lane of a run has some, and they travel with every batch.</summary>
public sealed class CountsJsonConverter : JsonConverter<Counts>
{
    private const int Length = 4;

    /// <inheritdoc/>
    public override Counts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<long> numbers = stackalloc long[Length];
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Expected counts as an array of numbers.");
        for (var i = 0; i < Length; i++)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number)
                throw new JsonException("Expected four counts.");
            numbers[i] = reader.GetInt64();
        }

        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            throw new JsonException("Expected no more than four counts.");
        return new Counts(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Counts value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Succeeded);
        writer.WriteNumberValue(value.Failed);
        writer.WriteNumberValue(value.TimedOut);
        writer.WriteNumberValue(value.Cancelled);
        writer.WriteEndArray();
    }
}
