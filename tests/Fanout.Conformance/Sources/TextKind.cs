using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Fanout.Sources;

namespace Fanout.Conformance.Sources;

/// <summary>A kind of text that items are in, for the contract of all places where texts are kept.</summary>
public sealed class TextKind
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TextKind()
    {
    }

    public static TextKind Lines { get; } = new()
    {
        GenItem = Texts.Line,
        Write = WriteLines,
        Spec = path => new LinesSourceSpec { Path = path },
    };

    public static TextKind Jsonl { get; } = new()
    {
        GenItem = Texts.Any.Select(text => JsonSerializer.Serialize(new { text })),
        Write = items => string.Concat(items.Select((item, i) => Blank(i) + item + (i % 3 == 0 ? " \r\n" : "\n"))) + "  ",
        Spec = path => new JsonlSourceSpec { Path = path },
    };

    public static TextKind Json { get; } = new()
    {
        GenItem = Gen.OneOf(
            Texts.Any.Select(text => JsonSerializer.Serialize(new { text, list = new object[] { text, 1, new { } } })),
            Texts.Any.Select(text => JsonSerializer.Serialize(text)),
            Gen.Int.Select(n => JsonSerializer.Serialize(n)),
            Gen.OneOf("true", "null", "[]", "{}", "[[], {\"a\" : [1 , 2]}]", "\"\\\\\"", "\"\\\"\"")),
        Write = WriteArray,
        Spec = path => new JsonSourceSpec { Path = path },
    };

    public static TextKind Csv { get; } = new()
    {
        GenItem = Texts.Any,
        Write = WriteCsv,
        Spec = path => new CsvSourceSpec { Path = path },
        Expected = (item, index) => JsonSerializer.Serialize(
            new Dictionary<string, string> { ["id"] = $"{index}", ["te\"xt"] = item, ["ü,\n"] = "" }, Relaxed),
    };

    /// <summary>Some items.</summary>
    public required Gen<string> GenItem { get; init; }

    /// <summary>A text of exactly these items.</summary>
    public required Func<IReadOnlyList<string>, string> Write { get; init; }

    /// <summary>The source at a path.</summary>
    public required Func<string, FileSourceSpec> Spec { get; init; }

    /// <summary>How an item is read.</summary>
    public Func<string, int, string> Expected { get; init; } = (item, _) => item;

    private static string WriteLines(IReadOnlyList<string> items)
    {
        var text = string.Concat(items.Select((item, i) => item + (i % 3 == 0 ? "\r\n" : "\n")));
        return items.Count % 2 == 1 && items[^1].Length > 0 ? text.TrimEnd('\n').TrimEnd('\r') : text;
    }

    private static string Blank(int i) => (i % 4) switch { 0 => "\n", 1 => "\r\n \n", 2 => "\t", _ => "" };

    private static string WriteArray(IReadOnlyList<string> items)
    {
        var elements = items.Select((item, i) => (i % 3 == 0 ? "\r\n  " : "") + item + (i % 4 == 0 ? " " : ""));
        return $"\uFEFF \n[{string.Join(',', elements)}]{(items.Count % 2 == 0 ? "\n" : "")}";
    }

    private static string WriteCsv(IReadOnlyList<string> items)
    {
        var records = items.Select((item, i) => $"{i},{Quote(item)},{(i % 2 == 0 ? "" : "\"\"")}{(i % 3 == 0 ? "\r\n" : "\n")}{(i % 5 == 0 ? "\n" : "")}");
        return "\uFEFFid,\"te\"\"xt\",\"ü,\n\"\n" + string.Concat(records);
    }

    private static string Quote(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
