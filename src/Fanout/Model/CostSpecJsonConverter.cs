using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout;

/// <summary>A cost as JSON: <c>3</c>, or <c>{"pointer":"/units","default":1}</c>, for which <c>"/units"</c> is short.</summary>
internal sealed class CostSpecJsonConverter : JsonConverter<CostSpec>
{
    /// <inheritdoc/>
    public override CostSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var cost = JsonElement.ParseValue(ref reader);
        return cost.ValueKind switch
        {
            JsonValueKind.Number => new CostSpec(cost.GetInt32(), null),
            JsonValueKind.String => new CostSpec(1, cost.GetString()),
            JsonValueKind.Object when cost.TryGetProperty("pointer", out var pointer) =>
                new CostSpec(cost.TryGetProperty("default", out var units) ? units.GetInt32() : 1, pointer.GetString()),
            _ => throw new JsonException($"{cost.GetRawText()} is not a cost: write units, or a JSON pointer to them."),
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CostSpec value, JsonSerializerOptions options) => WriteTo(writer, value);

    /// <summary>Writes the canonical form.</summary>
    internal static void WriteTo(Utf8JsonWriter writer, CostSpec cost)
    {
        if (cost.Pointer is not { } pointer)
        {
            writer.WriteNumberValue(cost.Units);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("pointer", pointer);
        writer.WriteNumber("default", cost.Units);
        writer.WriteEndObject();
    }
}
