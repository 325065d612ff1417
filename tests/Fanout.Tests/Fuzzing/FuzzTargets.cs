using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fanout.Dispatch;
using Fanout.Flow;
using Fanout.Handlers.Templates;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Serialization;
using Fanout.Sources;
using Fanout.Specs;
using Fanout.Tests.Specs;

namespace Fanout.Tests.Fuzzing;

/// <summary>Whatever reads text or bytes that somebody else wrote, or that were written before a crash.</summary>
internal static class FuzzTargets
{
    private static readonly string[] Json = ["{", "}", "[", "]", "\"", ":", ",", "null", "true", "{}", "[]", "\\u0000", "\\ud800", "/*", "//", "\uFEFF", "1,", "\"a\":"];
    private static readonly string[] StoredWords =
        [.. Json, "\"AAAA\"", "\"//8=\"", "\"gICA\"", "=", "A", "/", "\"2026-01-01T00:00:00Z\"", "\"50/s\"", "\"next\":", "\"keys\":", "\"pending\":"];

    private static readonly string[] Values = ["ms", "us", "s", "m", "h", "d", "%", "/", "/s", " per ", ":", ".", "_", "e", "MiB", "k", ",", " ", "-", "+", "٣", "\n"];
    private static readonly string[] Spec =
    [
        .. Json, .. Values, "\"handler\":", "\"source\":", "\"kind\":", "\"csv\"", "\"inline\"", "\"items\":", "\"flow\":", "\"rate\":", "\"perKey\":", "\"cost\":", "\"failure\":",
        "\"retry\":", "\"tolerate\":", "\"batch\":", "\"results\":", "\"onComplete\":", "\"webhook\":", "\"redrive\"", "\"range\"", "\"50/s\"", "\"/a~1\"", "\"id\":", "\"options\":",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.OfText("spec", ReadSpec, typeof(SpecException)) with { Words = Spec },
        FuzzTarget.OfText("document", text => SpecDocument.Parse(SpecDocument.Parse(text).ToString()), typeof(SpecException)) with { Words = Spec },
        FuzzTarget.OfText("retune", text => RetuneReader.Read(JsonElement.Parse(text)), typeof(SpecException), typeof(JsonException)) with { Words = Spec },
        FuzzTarget.OfText("limit", ReadLimit, typeof(SpecException), typeof(JsonException)) with { Words = [.. Spec, "\"name\":", "\"burst\":"] },
        FuzzTarget.OfText("option", text => OptionAssignment.Parse(text), typeof(FormatException)) with { Words = [.. Json, "=", "\\.", "."] },
        FuzzTarget.OfText("values", ReadValues) with { Words = Values },
        FuzzTarget.OfText("number", ReadNumber, typeof(FormatException)) with { Words = Values },
        FuzzTarget.OfText("template", ReadTemplate, typeof(FormatException)) with { Words = ["{", "}", "{{", "}}", "{}", "{/a}", "{index}", "{key}", "{run}", "~", "/"] },
        FuzzTarget.OfText("glob", ReadGlob) with { Words = ["*", "**", "?", "/", "..", ".", "\\", "a", "**/**/"] },
        FuzzTarget.OfText("path", text => BlobPath.Parse(BlobPath.Parse(text) is { Account: null } path ? path.ToString() : text), typeof(FormatException))
            with { Words = ["blob://", "https://", ".blob.", "/", "%2f", "%", "..", "?", "#", "$root"] },
        FuzzTarget.OfText("pointer", ReadPointer) with { Words = [.. Json, "\n", "/", "~0", "~1", "/0", "/a"] },
        new FuzzTarget("csv", RecordsAgree.Csv, typeof(SourceException)) with { Words = ["\"", "\"\"", ",", ";", "\r\n", "\n", "\r", "\uFEFF", "\",\"", "\"\n", "\0"] },
        new FuzzTarget("jsonl", RecordsAgree.Jsonl, typeof(SourceException)) with { Words = [.. Json, "\n", "\r\n", "\r", " ", "\t"] },
        new FuzzTarget("json", RecordsAgree.Json, typeof(SourceException)) with { Words = [.. Json, "\n", "\r\n", "[[", "]]", "\\\""] },
        new FuzzTarget("lines", RecordsAgree.Lines, typeof(SourceException)) with { Words = ["\n", "\r\n", "\r", "\uFEFF", "\0", "\u2028"] },
        new FuzzTarget("result", ReadResult, typeof(FormatException)) with { Words = [.. Json, "\"index\":", "\"status\":", "\"Failed\"", "\"error\":", "\"output\":", "\"attempts\":", "\n"] },
        Stored<BatchCheckpoint>("checkpoint"),
        Stored<BatchMessage>("message"),
        Stored<BatchCompletion>("completion"),
        Stored<RunControl>("control"),
        Stored<RunReport>("report"),
        Stored<LimitLedger>("ledger"),
        Stored<Manifest>("manifest"),
        Stored<WorkUnit>("unit"),
        new FuzzTarget("index", StoredFiles.ReadIndex, typeof(SourceException)),
        new FuzzTarget("spool", StoredFiles.ReadSpool, typeof(SourceException)),
        FuzzTarget.OfText("stamp", StoredFiles.ReadStamps, typeof(SourceException)) with { Words = [" ", " | ", ":", "@", "-", "%20", "0"] },
    ];

    private static void ReadSpec(string text)
    {
        var written = SpecWriter.Write(SpecReader.Read(text, SpecSamples.Registry));
        Same(written, SpecWriter.Write(SpecReader.Read(written, SpecSamples.Registry)));
    }

    private static void ReadLimit(string text)
    {
        var limit = LimitSpecReader.Read(JsonElement.Parse(text));
        if (LimitSpecReader.Check(limit) != limit)
            throw new InvalidOperationException($"{limit} is not what it is read as.");
    }

    private static void ReadValues(string text)
    {
        if (HumanDuration.TryParse(text, out var duration))
            Same(duration, HumanDuration.Parse(HumanDuration.Format(duration)));
        if (HumanCount.TryParse(text, out var count))
            Same(count, HumanCount.Parse(HumanCount.Format(count)));
        if (HumanSize.TryParse(text, out var size))
            Same(size, HumanSize.Parse(HumanSize.Format(size)));
        if (HumanPercent.TryParse(text, out var percent))
            Same(percent, HumanPercent.Parse(HumanPercent.Format(percent)));
        if (Rate.TryParse(text, out var rate))
            Same(rate, Rate.Parse(rate.ToString()));
        if (Tolerance.TryParse(text, out var tolerance))
            Same(tolerance, Tolerance.Parse(tolerance.ToString()));
    }

    private static void ReadNumber(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (ExactNumberParser.TryParse(bytes, out var number) is null)
            Same(number.ToString(), ExactNumberParser.ParseState(number.ToString()).ToString());
    }

    private static void ReadTemplate(string text)
    {
        var template = Template.Parse(text);
        Same(text, template.Text);
        if (template.IsConstant)
            return;
        var output = new ArrayBufferWriter<byte>();
        try
        {
            template.Render(Handlers.Attempts.OfJson("""{"a":{"b":[1,"x"]},"c":null}"""), output);
        }
        catch (Fanout.Handlers.PermanentItemException)
        {
            // The item lacks the field.
        }
    }

    private static void ReadGlob(string text)
    {
        // A pattern of many "**" is matched by trying: the paths that people have are short.
        if (text.Length is 0 or > 60 || text.Contains('\0', StringComparison.Ordinal))
            return;
        var glob = new Glob(text);
        glob.Matches("/data/a/b/c.jsonl", "/data");
        Same(glob.IsRooted, glob.Root.Length > 0);
        _ = glob.FixedPrefix("/data");
    }

    // The pointer is the first line, the item the rest. System.Text.Json's documents say what is right.
    private static void ReadPointer(string text)
    {
        var cut = text.IndexOf('\n', StringComparison.Ordinal);
        if (cut < 0 || !JsonPointer.IsValid(text[..cut]))
            return;
        var (pointer, item) = (text[..cut], new Item(0, Encoding.UTF8.GetBytes(text[(cut + 1)..]), IsText: false));
        var found = new ItemPointer(pointer).TryFind(item, out var json);
        _ = ItemCosts.Of(new CostSpec(3, pointer))!.Read(item, out _);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(item.Value);
        }
        catch (JsonException)
        {
            return;
        }

        using (document)
        {
            JsonElement? expected;
            try
            {
                expected = Find(document.RootElement, JsonPointer.Split(pointer));
            }
            catch (InvalidOperationException)
            {
                // Documents refuse a name with half of a surrogate pair; a pointer cannot name it, and it is in nobody's way.
                return;
            }

            Same(expected is not null, found);
            if (expected is { } value)
                Same(value.GetRawText(), Encoding.UTF8.GetString(json));
        }
    }

    private static JsonElement? Find(JsonElement at, IEnumerable<string> segments)
    {
        foreach (var segment in segments)
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(segment, out var property))
                at = property;
            else if (at.ValueKind == JsonValueKind.Array && segment is ['0'] or [>= '1' and <= '9', ..]
                && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && at.ValueKind == JsonValueKind.Array && index < at.GetArrayLength())
                at = at[index];
            else
                return null;
        }

        return at;
    }

    private static void ReadResult(byte[] bytes)
    {
        ResultLineParser.TryReadIndex(bytes, out _);
        ResultLineParser.TryReadStatus(bytes, out _);
        var line = ResultLineParser.Parse(bytes);
        // An output is passed on as it is: what was not UTF-8 is not now, and cannot be written as text.
        if (line.Index < 0 || line.Attempts < 0 || line.DurationMs is < 0 or > 1e12 || !System.Text.Unicode.Utf8.IsValid(bytes))
            return;
        var again = ResultLineParser.Parse(Results.TestLines.ToBytes([line]));
        Same((line.Index, line.Key, line.Status, line.Attempts, line.Error), (again.Index, again.Key, again.Status, again.Attempts, again.Error));
    }

    private static FuzzTarget Stored<T>(string name) => FuzzTarget.OfText(name, ReadStored<T>, typeof(JsonException)) with { Words = StoredWords };

    private static void ReadStored<T>(string text)
    {
        if (JsonSerializer.Deserialize<T>(text, FanoutJson.Options) is not { } value)
            return;
        string written;
        try
        {
            written = Rewrite<T>(JsonSerializer.Serialize(value, FanoutJson.Options));
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException)
        {
            // Members are missing: the serializer leaves null what is not there, and whoever reads such a document looks (BatchFlaws).
            return;
        }

        Same(written, Rewrite<T>(written));
    }

    private static string Rewrite<T>(string json) => JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(json, FanoutJson.Options), FanoutJson.Options);

    internal static void Same<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"{expected} became {actual}.");
    }
}
