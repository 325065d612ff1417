using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fanout.Specs;

/// <summary>A spec under construction: what flags set stands beside what a file says, and <see cref="SpecReader"/> judges the whole.</summary>
public sealed class SpecDocument
{
    /// <summary>The document; empty at first.</summary>
    public JsonObject Json { get; private init; } = [];

    /// <summary>Takes over a spec's text; only its JSON is judged, not yet its fields.</summary>
    /// <exception cref="SpecException">It is not JSON, not an object, has a field twice, is too large or nests too deep.</exception>
    public static SpecDocument Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var document = SpecJson.Parse(text);
        var root = new SpecCursor("", document.RootElement, []);
        if (root.Value.ValueKind != JsonValueKind.Object)
            root.RefuseForm("an object", "Write it as { \"handler\": …, \"source\": … }.");
        if (!SpecJson.Check(root) || root.Errors.Count > 0)
            throw new SpecException(root.Errors);
        return new SpecDocument { Json = JsonObject.Create(CanonicalJson.Detach(root.Value))! };
    }

    /// <summary>Sets one value, in place of what was there; objects on the way to it are made as needed.</summary>
    /// <param name="pointer">A JSON pointer such as <c>/flow/concurrency</c>; not the whole document.</param>
    /// <param name="value">The value; null: JSON's null.</param>
    /// <exception cref="SpecException">On the way to it stands a value that has no fields.</exception>
    /// <exception cref="ArgumentException">It is not a JSON pointer, or it is empty.</exception>
    public void Set(string pointer, JsonNode? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(pointer);
        var segments = JsonPointer.Split(pointer);
        var parent = Json;
        var at = "";
        foreach (var segment in segments.Take(segments.Count - 1))
        {
            at = JsonPointer.Append(at, segment);
            if (!parent.TryGetPropertyValue(segment, out var child))
                parent[segment] = child = new JsonObject();
            parent = child as JsonObject
                ?? throw new SpecException([new SpecError(
                    at, SpecText.Cut(child?.ToJsonString() ?? "null"), $"is not an object, so {pointer} cannot be set.", "Set one or the other.")]);
        }

        parent[segments[^1]] = value;
    }

    /// <summary>Sets one of the handler's options.</summary>
    /// <exception cref="SpecException">On the way to it stands a value that has no fields.</exception>
    public void Set(OptionAssignment assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        Set(assignment.Path.Aggregate("/handler/options", JsonPointer.Append), assignment.Value?.DeepClone());
    }

    /// <summary>The document as JSON.</summary>
    public override string ToString() => Json.ToJsonString();
}
