using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout.Embedded.History;

/// <summary>How history entries are stored. Source-generated: the first turn of a process should not wait for reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(HistoryEvent))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    public static string Write(HistoryEvent historyEvent) => JsonSerializer.Serialize(historyEvent, Default.HistoryEvent);

    public static HistoryEvent Read(string json) => JsonSerializer.Deserialize(json, Default.HistoryEvent)
        ?? throw new JsonException("A history entry is null.");
}
