using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Runs;

namespace Fanout.Specs;

/// <summary>The spec of a redrive: an earlier run's, its source replaced by what did not succeed in it, and changed as asked.</summary>
public static class RedriveDocument
{
    private static readonly string[] Sections = ["handler", "flow", "failure", "batch", "results", "onComplete"];

    private static readonly string[] Fields = ["id", "only", "whereError", .. Sections];

    /// <summary>The earlier run's spec over what did not succeed in it.</summary>
    /// <param name="earlier">The earlier run.</param>
    /// <param name="id">The new run's id; null: one is made.</param>
    /// <param name="only">Which items: <c>failed</c>, <c>timedOut</c>, <c>cancelled</c> or <c>all</c>; null: all that did not succeed, and those never started.</param>
    /// <param name="whereError">Only items whose error's type or message contains this; null: whatever the error.</param>
    public static JsonObject Create(RunRecord earlier, string? id, string? only, string? whereError)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var document = JsonNode.Parse(earlier.SpecJson)!.AsObject();
        document.Remove("id");
        if (id is not null)
            document["id"] = id;
        var source = new JsonObject { ["kind"] = "redrive", ["run"] = earlier.Id };
        if (only is not null)
            source["only"] = only;
        if (whereError is not null)
            source["whereError"] = whereError;
        document["source"] = source;
        return document;
    }

    /// <summary>
    /// The same from a request: <c>{ "id": "again", "only": "failed", "whereError": "429", "flow": { "rate": "5/s" } }</c>. Sections of a spec are merged
    /// into the earlier one's (RFC 7396: null removes).
    /// </summary>
    /// <param name="earlier">The earlier run.</param>
    /// <param name="request">The request; every field may be left out.</param>
    /// <exception cref="SpecException">The request is not one; the spec itself is not judged yet.</exception>
    public static JsonObject Create(RunRecord earlier, JsonElement request)
    {
        var errors = new List<SpecError>();
        var root = new SpecCursor("", request, errors);
        var read = SpecJson.Check(root) ? root.AsObject(Fields, "{ \"only\": \"failed\" }") : null;
        var id = read?.Find("id")?.Name("a run's id", "nightly-2");
        var only = read?.Find("only")?.Text("failed");
        var whereError = read?.Find("whereError")?.Text("429");
        if (errors.Count > 0)
            throw new SpecException(errors);
        var document = Create(earlier, id, only, whereError);
        foreach (var section in Sections)
        {
            if (request.TryGetProperty(section, out var patch))
                Merge(document, section, patch);
        }

        return document;
    }

    // JSON merge patch, RFC 7396.
    private static void Merge(JsonObject target, string name, JsonElement patch)
    {
        if (patch.ValueKind == JsonValueKind.Null)
        {
            target.Remove(name);
            return;
        }

        if (patch.ValueKind != JsonValueKind.Object)
        {
            target[name] = JsonNode.Parse(patch.GetRawText());
            return;
        }

        if (target[name] is not JsonObject child)
            target[name] = child = [];
        foreach (var property in patch.EnumerateObject())
            Merge(child, property.Name, property.Value);
    }
}
