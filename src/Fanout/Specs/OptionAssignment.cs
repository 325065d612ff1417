using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fanout.Specs;

/// <summary>One <c>--set key=value</c>.</summary>
/// <param name="Path">The key's parts: <c>headers.X-Token</c> is two; <c>\.</c> is a dot within a part.</param>
/// <param name="Value">The value: JSON when it is JSON (<c>5</c>, <c>true</c>, <c>null</c>, <c>["a"]</c>), else the text itself.</param>
public sealed record OptionAssignment(IReadOnlyList<string> Path, JsonNode? Value)
{
    private static readonly JsonDocumentOptions ValueOptions = new() { MaxDepth = SpecJson.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads an assignment; everything behind the first <c>=</c> is the value, and it may be empty text.</summary>
    /// <exception cref="FormatException">There is no <c>=</c>, or a part of the key is empty.</exception>
    public static OptionAssignment Parse(string text) =>
        TryParse(text, out var assignment)
            ? assignment
            : throw new FormatException($"\"{text}\" does not set an option. Write key=value, such as \"url=https://example.com\" or \"headers.X-Token=abc\".");

    /// <summary>Reads an assignment. False: there is no <c>=</c>, or a part of the key is empty.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out OptionAssignment? assignment)
    {
        assignment = null;
        var equals = text?.IndexOf('=', StringComparison.Ordinal) ?? -1;
        if (equals < 0)
            return false;
        var path = SplitKey(text![..equals]);
        if (path.Any(part => part.Length == 0))
            return false;
        assignment = new OptionAssignment(path, ReadValue(text[(equals + 1)..]));
        return true;
    }

    private static string[] SplitKey(string key)
    {
        const string Dot = "\0";
        return [.. key.Replace("\\.", Dot, StringComparison.Ordinal).Split('.').Select(part => part.Replace(Dot, ".", StringComparison.Ordinal))];
    }

    private static JsonNode? ReadValue(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: ValueOptions);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair in a name, as in "\ud800", is no JSON either, but another exception.
            return JsonValue.Create(text);
        }
    }
}
