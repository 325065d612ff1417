using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout;

/// <summary>Writes a <see cref="TimeSpan"/> as <see cref="HumanDuration"/> text; for <c>[JsonConverter]</c> on a property.</summary>
public sealed class HumanDurationJsonConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && HumanDuration.TryParse(reader.GetString(), out var duration)
            ? duration
            : throw new JsonException("Expected a duration as text, such as \"10s\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(HumanDuration.Format(value));
    }
}
