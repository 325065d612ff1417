using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fanout.Specs;

namespace Fanout.Cli.Parsing;

/// <summary>Flags that say where the items come from.</summary>
internal sealed partial class SourceFlags
{
    private readonly Option<string?> _lines = File("--lines", "Each line of a file is an item (a string)");
    private readonly Option<string?> _jsonl = File("--jsonl", "Each line of a file is an item (a JSON value)");
    private readonly Option<string?> _csv = File("--csv", "Each record of a CSV file is an item");

    private readonly Option<string[]> _json = new(GeneralFlags.JsonName)
    {
        Description = "Each element of a JSON array is an item. Without FILE: answer in JSON",
        HelpName = "[FILE]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _files = Many("--files", "GLOB…", "Each file that matches is an item; !GLOB excludes");

    private readonly Option<string?> _blobs = new("--blobs")
    {
        Description = "Each blob of a container is an item, with PREFIX those whose names begin with it",
        HelpName = "CONTAINER[/PREFIX]",
    };

    private readonly Option<string[]> _items = Many("--items", "a b c", "The items themselves, each a string");

    private readonly Option<string?> _range = new("--range")
    {
        Description = "The whole numbers from A up to but not including B",
        HelpName = "A..B",
    };

    private readonly Option<string?> _delimiter = new("--delimiter")
    {
        Description = @"Between CSV fields: one character, or \t (default: comma)",
        HelpName = "CHAR",
    };

    private readonly Option<bool> _noHeader = new("--no-header")
    {
        Description = "The CSV file's first record is data; items are arrays",
        Arity = ArgumentArity.Zero,
    };

    private readonly SpecField _maxItemBytes = SpecField.Number(
        "--max-item-bytes", "source/maxItemBytes", "N", "A larger item becomes a failed one (default: 1048576)");

    public FlagGroup Group =>
        new("Source (FILE may be -, for standard input, or blob://CONTAINER/NAME, and may end in .gz)",
            [_lines, _jsonl, _json, _csv, _files, _blobs, _range, _items, _delimiter, _noHeader, _maxItemBytes.Option]);

    /// <summary>Puts the source that was typed, if any, into the document.</summary>
    /// <exception cref="UsageException">More than one was typed, or flags that do not belong to it.</exception>
    public void Apply(ParseResult parse, JsonObject document)
    {
        var typed = Typed(parse).ToList();
        if (typed.Count > 1)
            throw new UsageException($"{string.Join(" and ", typed.Select(s => s.Flag))}: a run has one source. Give one of them.{JsonRemark(typed)}");
        if (typed.Count == 1)
            document["source"] = typed[0].Source;
        ApplyCsv(parse, document);
        if (_maxItemBytes.IsGiven(parse) && !document.ContainsKey("source"))
            throw new UsageException("--max-item-bytes: there is no source it could belong to. Give one, such as --lines FILE.");
        _maxItemBytes.Apply(parse, document);
    }

    /// <summary>The kind of a document's source; null: it has none.</summary>
    public static string? KindOf(JsonObject document) =>
        document["source"] is JsonObject source && source["kind"] is JsonValue kind && kind.TryGetValue<string>(out var name) ? name : null;

    /// <summary>True when the source typed is standard input.</summary>
    public bool ReadsStandardInput(ParseResult parse) =>
        Typed(parse).Any(s => s.Source["path"]?.GetValue<string>() == "-");

    private IEnumerable<(string Flag, JsonObject Source)> Typed(ParseResult parse)
    {
        foreach (var (option, kind) in new[] { (_lines, "lines"), (_jsonl, "jsonl"), (_csv, "csv") })
        {
            if (parse.GetValue(option) is { } path)
                yield return (option.Name, FileSource(kind, path));
        }

        foreach (var path in Values(parse, _json))
            yield return (_json.Name, FileSource("json", path));
        if (Values(parse, _files) is { Length: > 0 } globs)
            yield return (_files.Name, new JsonObject { ["kind"] = "files", ["patterns"] = Strings(globs) });
        if (parse.GetValue(_blobs) is { } blobs)
            yield return (_blobs.Name, SourceFlag.Read(_blobs.Name, blobs));
        if (parse.GetValue(_range) is { } range)
            yield return (_range.Name, RangeSource(range));
        if (Values(parse, _items) is { Length: > 0 } items)
            yield return (_items.Name, new JsonObject { ["kind"] = "inline", ["items"] = Strings(items) });
    }

    private void ApplyCsv(ParseResult parse, JsonObject document)
    {
        var delimiter = parse.GetValue(_delimiter);
        var noHeader = parse.GetValue(_noHeader);
        if (delimiter is null && !noHeader)
            return;
        if (document["source"] is not JsonObject source || KindOf(document) != "csv")
            throw new UsageException($"{(noHeader ? _noHeader.Name : _delimiter.Name)}: only a CSV source has this. Give --csv FILE.");
        if (delimiter is not null)
            source["delimiter"] = delimiter is @"\t" or "tab" ? "\t" : delimiter;
        if (noHeader)
            source["header"] = false;
    }

    private static JsonObject FileSource(string kind, string path) => new() { ["kind"] = kind, ["path"] = path };

    private static JsonObject RangeSource(string text)
    {
        var match = RangeText().Match(text);
        if (match.Success
            && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start)
            && long.TryParse(match.Groups[2].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var end))
            return new JsonObject { ["kind"] = "range", ["start"] = start, ["end"] = end };
        throw new UsageException(
            $"--range: \"{text}\" is not a range of whole numbers. Write A..B, B excluded, such as 0..1000 for a thousand items.");
    }

    private static string JsonRemark(List<(string Flag, JsonObject Source)> typed) =>
        typed.Any(s => s.Flag == GeneralFlags.JsonName) ? " (--json with no file after it asks for JSON output.)" : "";

    private static string[] Values(ParseResult parse, Option<string[]> option) => parse.GetValue(option) ?? [];

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode?)JsonValue.Create(t))]);

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static Option<string[]> Many(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };

    [GeneratedRegex(@"^([+-]?[0-9]+)\.\.([+-]?[0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex RangeText();
}
