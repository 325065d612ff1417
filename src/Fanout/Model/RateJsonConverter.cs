using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout;

/// <summary>Writes a <see cref="Rate"/> as text, <c>50/s</c>.</summary>
public sealed class RateJsonConverter : JsonConverter<Rate>
{
    /// <inheritdoc/>
    public override Rate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Rate.TryParse(reader.GetString(), out var rate)
            ? rate
            : throw new JsonException("Expected a rate as text, such as \"50/s\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Rate value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
