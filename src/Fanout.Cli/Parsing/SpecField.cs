using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Fanout.Cli.Parsing;

/// <summary>A flag that sets one field of the spec. Whether the value is legal is for the spec's reader to say.</summary>
internal sealed record SpecField(Option Option, IReadOnlyList<string> Path, Func<ParseResult, JsonNode?> Read)
{
    /// <summary>A field that is text in the spec: a name, a duration, a rate.</summary>
    public static SpecField Text(string flag, string path, string helpName, string description) =>
        Create(flag, path, helpName, description, text => JsonValue.Create(text));

    /// <summary>A field that is a number in the spec; other text goes in as it is, for the reader to refuse.</summary>
    public static SpecField Number(string flag, string path, string helpName, string description) =>
        Create(flag, path, helpName, description, NumberOrText);

    /// <summary>A field that is true or false in the spec.</summary>
    public static SpecField Boolean(string flag, string path, string description) =>
        Create(flag, path, "true|false", description, text => text switch
        {
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ => JsonValue.Create(text),
        });

    /// <summary>A field that is true when its flag is typed; <c>false</c> may be typed after it, to take back what a file or an earlier run says.</summary>
    public static SpecField Switch(string flag, string path, string description)
    {
        var option = new Option<bool>(flag) { Description = description, Arity = ArgumentArity.ZeroOrOne };
        return new SpecField(option, path.Split('/'), parse => IsTyped(parse, option) ? JsonValue.Create(parse.GetValue(option)) : null);
    }

    /// <summary>A field that is an array of names in the spec, one for each time its flag is typed.</summary>
    public static SpecField Names(string flag, string path, string helpName, string description)
    {
        var option = new Option<string[]>(flag) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore };
        return new SpecField(option, path.Split('/'), parse =>
            IsTyped(parse, option) ? new JsonArray([.. parse.GetValue(option)!.Select(name => (JsonNode?)JsonValue.Create(name))]) : null);
    }

    /// <summary>True when the flag was typed.</summary>
    public bool IsGiven(ParseResult parse) => IsTyped(parse, Option);

    /// <summary>Puts the field into the document when its flag was typed.</summary>
    public void Apply(ParseResult parse, JsonObject document)
    {
        if (Read(parse) is not { } value)
            return;
        var parent = document;
        foreach (var name in Path.Take(Path.Count - 1))
        {
            if (!parent.TryGetPropertyValue(name, out var child))
                parent[name] = child = new JsonObject();
            if (child is not JsonObject next)
                return; // A spec file with something else in its place; its reader refuses that.
            parent = next;
        }

        parent[Path[^1]] = value;
    }

    /// <summary>A JSON number when the text is one, else a JSON string.</summary>
    public static JsonNode? NumberOrText(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    private static SpecField Create(string flag, string path, string helpName, string description, Func<string, JsonNode?> toJson)
    {
        var option = new Option<string?>(flag) { Description = description, HelpName = helpName };
        return new SpecField(option, path.Split('/'), parse => parse.GetValue(option) is { } text ? toJson(text) : null);
    }

    private static bool IsTyped(ParseResult parse, Option option) => parse.GetResult(option) is { Implicit: false };
}
