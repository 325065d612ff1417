using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads sources that are files: one whose records are the items, or many that are the items.</summary>
internal static class FileSourceReader
{
    private const int MaxPatterns = 1_000;

    public static SourceKind[] Kinds { get; } =
    [
        new("lines", ["path"], (source, reading) => ReadPath(source, reading) is { } path ? new LinesSourceSpec { Path = path } : null),
        new("jsonl", ["path"], (source, reading) => ReadPath(source, reading) is { } path ? new JsonlSourceSpec { Path = path } : null),
        new("json", ["path"], (source, reading) => ReadPath(source, reading) is { } path ? new JsonSourceSpec { Path = path } : null),
        new("csv", ["path", "delimiter", "header"], ReadCsv),
    ];

    public static SourceSpec? ReadFiles(ObjectReader source, SourceReading reading)
    {
        var root = source.Find("root")?.Text("data") is { } given ? Absolute(given, reading) : reading.Directory;
        var patterns = source.Require("patterns", "[\"**/*.jpg\"]") is { } field ? ReadPatterns(field) : [];
        return patterns.Count == 0 ? null : new FilesSourceSpec { Patterns = patterns, Root = root };
    }

    private static CsvSourceSpec? ReadCsv(ObjectReader source, SourceReading reading)
    {
        var delimiter = source.Find("delimiter") is { } given ? ReadDelimiter(given) : ',';
        var header = source.Find("header")?.Flag() ?? true;
        return ReadPath(source, reading) is { } path ? new CsvSourceSpec { Path = path, Delimiter = delimiter, Header = header } : null;
    }

    private static string? ReadPath(ObjectReader source, SourceReading reading)
    {
        if (source.Require("path", "\"items.jsonl\"") is not { } field || field.Text("items.jsonl") is not { } path)
            return null;
        return BlobPath.IsUrl(path) ? BlobSourceReader.ReadUrl(field, path) : Absolute(path, reading);
    }

    /// <summary>A run goes on in whatever directory its next process is started, so its paths must not depend on that. <c>-</c> stays as it is.</summary>
    private static string Absolute(string path, SourceReading reading) =>
        reading.Directory is null || path == "-"
            ? path
            : Path.GetFullPath(path, reading.Directory);

    private static char ReadDelimiter(SpecCursor cursor)
    {
        var text = cursor.Value.ValueKind == JsonValueKind.String ? cursor.Value.GetString()! : "";
        if (text is "tab" or "\\t")
            return '\t';
        if (text.Length == 1 && text[0] is not ('"' or '\r' or '\n'))
            return text[0];
        cursor.RefuseForm("a delimiter; allowed are \"tab\" and any one character but a quote and line breaks", "Write one such as \";\".");
        return ',';
    }

    private static List<string> ReadPatterns(SpecCursor cursor)
    {
        if (cursor.Value.ValueKind == JsonValueKind.String)
            return cursor.Text("**/*.jpg") is { } only ? [only] : [];

        if (cursor.Value.ValueKind != JsonValueKind.Array)
            cursor.RefuseForm("a glob or an array of globs", "Write it as [\"**/*.jpg\", \"!**/draft/**\"].");
        else if (cursor.Value.GetArrayLength() is 0 or > MaxPatterns)
            cursor.Refuse($"has {cursor.Value.GetArrayLength()} globs; allowed are 1 to {SpecText.Number(MaxPatterns)}.", "Write it as [\"**/*.jpg\"].");
        return [.. cursor.Elements().Select(element => element.Text("**/*.jpg")).OfType<string>()];
    }
}
