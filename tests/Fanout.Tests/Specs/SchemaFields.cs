using System.Text.Json.Nodes;
using Fanout.Specs;

namespace Fanout.Tests.Specs;

/// <summary>The schema, flattened: every field it documents, and the objects they stand in.</summary>
internal static class SchemaFields
{
    public static JsonObject Schema { get; } = JsonNode.Parse(SpecSchema.Text)!.AsObject();

    /// <summary>Every field; those of source kinds once for each kind.</summary>
    public static IReadOnlyList<SchemaField> All { get; } = [.. Fields("", null, Schema)];

    private static IEnumerable<SchemaField> Fields(string pointer, string? kind, JsonObject schema)
    {
        foreach (var (name, node) in schema["properties"]?.AsObject() ?? [])
        {
            var field = new SchemaField($"{pointer}/{name}", kind, node!.AsObject());
            yield return field;
            foreach (var inner in Fields(field.Pointer, kind, field.Schema))
                yield return inner;
        }

        if (pointer == "/source" && kind is null)
        {
            foreach (var choice in schema["oneOf"]!.AsArray())
            {
                var choiceKind = choice!["properties"]!["kind"]!["enum"]![0]!.GetValue<string>();
                foreach (var inner in Fields(pointer, choiceKind, choice.AsObject()))
                    yield return inner;
            }
        }
    }
}

/// <summary>One field the schema documents.</summary>
/// <param name="Pointer">Where it stands in a spec.</param>
/// <param name="SourceKind">The source kind it belongs to; null: none.</param>
/// <param name="Schema">What the schema says of it.</param>
internal sealed record SchemaField(string Pointer, string? SourceKind, JsonObject Schema)
{
    /// <summary>A legal spec with this field absent, or set to a value that leaves all others legal.</summary>
    public JsonObject SpecWith(JsonNode? value)
    {
        var spec = SourceKind is null ? SpecSamples.Minimal : SpecSamples.WithSource(SpecSamples.Sources[SourceKind]);
        var document = SpecDocument.Parse(spec.ToJsonString());
        if (Pointer is "/flow/burst")
            document.Set("/flow/rate", "50/s");
        if (Pointer.StartsWith("/flow/perKey/", StringComparison.Ordinal))
            document.Set("/flow/perKey", JsonNode.Parse("""{"key":"/tenantId","rate":"5/s"}"""));
        if (Pointer is "/flow/cost/default")
            document.Set("/flow/cost/pointer", "/units");
        if (Pointer is "/batch/checkpoint")
            document.Set("/batch/slice", "5m");
        if (Pointer is "/onComplete/webhook/secretFrom")
            document.Set("/onComplete/webhook/url", "https://example.com/hooks");
        if (Pointer.StartsWith("/failure/tolerate/", StringComparison.Ordinal))
            document.Set("/failure/tolerate/percent", 5);
        document.Set(Pointer, value);
        return document.Json;
    }

    /// <summary>The same spec without this field.</summary>
    public JsonObject SpecWithout()
    {
        var spec = SpecWith(0);
        JsonNode parent = spec;
        var segments = Pointer[1..].Split('/');
        foreach (var segment in segments[..^1])
            parent = parent[segment]!;
        parent.AsObject().Remove(segments[^1]);
        return spec;
    }

    public override string ToString() => SourceKind is null ? Pointer : $"{Pointer} of {SourceKind}";
}
