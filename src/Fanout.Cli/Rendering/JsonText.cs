using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Runs;
using Fanout.Serialization;

namespace Fanout.Cli.Rendering;

/// <summary>Answers as JSON, one line each.</summary>
internal static class JsonText
{
    /// <summary>Any value.</summary>
    public static string Of(object value) =>
        value is JsonNode node ? node.ToJsonString(FanoutJson.Options) : JsonSerializer.Serialize(value, value.GetType(), FanoutJson.Options);

    /// <summary>A run's live numbers: <c>{"runId":…,"progress":{…}}</c>.</summary>
    public static string ProgressLine(string runId, RunProgress? progress) =>
        Of(new JsonObject { ["runId"] = runId, ["progress"] = Node(progress) });

    /// <summary>Something said in between: <c>{"note":…}</c>.</summary>
    public static string NoteLine(string note) => Of(new JsonObject { ["note"] = note });

    /// <summary>A run as <c>status</c> and <c>list</c> print it: its record, with the spec as an object.</summary>
    public static JsonObject Record(RunRecord record)
    {
        var node = Node(record)!.AsObject();
        node.Remove("specJson");
        node["spec"] = JsonNode.Parse(record.SpecJson);
        return node;
    }

    /// <summary>A run that was interrupted, with the command that continues it.</summary>
    public static JsonObject Interrupted(RunRecord record, string resume) => new()
    {
        ["runId"] = record.Id,
        ["status"] = record.Status.ToString(),
        ["interrupted"] = true,
        ["progress"] = Node(record.Progress),
        ["resume"] = resume,
    };

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, FanoutJson.Options);
}
