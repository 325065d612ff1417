using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fanout.Specs;

/// <summary>A source given by one flag: <c>--jsonl orders.jsonl</c>, <c>--range 0..1000</c>, <c>--items '[1,2]'</c>, <c>--files '**/*.jpg'</c>, <c>--blobs images/2026/</c>.</summary>
public static class SourceFlag
{
    /// <summary>The source as a spec has it, to be set at <c>/source</c>.</summary>
    /// <param name="flag">One of <c>--lines</c>, <c>--jsonl</c>, <c>--json</c>, <c>--csv</c>, <c>--files</c>, <c>--blobs</c>, <c>--range</c>, <c>--items</c>.</param>
    /// <param name="text">
    /// A path, or <c>-</c>; a glob; a container, or <c>container/prefix</c>; <c>start..end</c> (without end), or <c>end</c> alone for a range from 0; a JSON array.
    /// </param>
    /// <exception cref="FormatException">The text is not what the flag takes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such flag.</exception>
    public static JsonObject Read(string flag, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return flag switch
        {
            "--lines" or "--jsonl" or "--json" or "--csv" => new JsonObject { ["kind"] = flag[2..], ["path"] = text },
            "--files" => new JsonObject { ["kind"] = "files", ["patterns"] = new JsonArray(JsonValue.Create(text)) },
            "--blobs" => ReadBlobs(text),
            "--range" => ReadRange(text),
            "--items" => ReadItems(text),
            _ => throw new ArgumentOutOfRangeException(nameof(flag), flag, "No flag of this name gives a source."),
        };
    }

    private static JsonObject ReadBlobs(string text)
    {
        var parts = text.Split('/', 2);
        var source = new JsonObject { ["kind"] = "blobs", ["container"] = parts[0] };
        if (parts is [_, { Length: > 0 } prefix])
            source["prefix"] = prefix;
        return source;
    }

    private static JsonObject ReadRange(string text)
    {
        var parts = text.Split("..", 2);
        var startText = parts.Length == 2 ? parts[0] : "0";
        return HumanCount.TryParse(startText, out var start) && HumanCount.TryParse(parts[^1], out var end)
            ? new JsonObject { ["kind"] = "range", ["start"] = start, ["end"] = end }
            : throw new FormatException($"--range: \"{text}\" is not a range. Write its first number and the one past its last, such as \"0..1000\", or \"1000\" for the same.");
    }

    private static JsonObject ReadItems(string text)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: SpecJson.DocumentOptions) is JsonArray items)
                return new JsonObject { ["kind"] = "inline", ["items"] = items };
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new FormatException($"--items: {SpecText.Cut(text)} is not a JSON array. Write the items as one, such as '[1, 2, 3]'.");
    }
}
