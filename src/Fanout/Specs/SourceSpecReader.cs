using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads <c>source</c>: which kind it is decides which fields it has.</summary>
internal static class SourceSpecReader
{
    private const int LargestItem = 64 << 20;

    private static readonly SourceKind[] Kinds =
    [
        .. FileSourceReader.Kinds,
        new("range", ["start", "end"], InlineSourceReader.ReadRange),
        new("inline", ["items"], InlineSourceReader.ReadInline),
        new("files", ["patterns", "root"], FileSourceReader.ReadFiles),
        new("blobs", ["container", "prefix"], BlobSourceReader.ReadBlobs),
        new("redrive", ["run", "only", "whereError"], NamedSourceReader.ReadRedrive),
        new("custom", ["name", "options"], NamedSourceReader.ReadCustom),
    ];

    /// <summary>The fields of each kind, for the test that compares them with the schema.</summary>
    public static IReadOnlyDictionary<string, string[]> FieldsByKind => Kinds.ToDictionary(kind => kind.Name, AllFields);

    /// <returns>Null: it was refused.</returns>
    public static SourceSpec? Read(SpecCursor cursor, SourceReading reading)
    {
        if (FindKind(cursor) is not { } kind)
            return null;
        var source = new ObjectReader(cursor, AllFields(kind));
        var maxItemBytes = source.Find("maxItemBytes")?.Size(1, LargestItem) ?? SourceSpec.DefaultMaxItemBytes;
        return kind.Read(source, reading) is { } spec ? spec with { MaxItemBytes = maxItemBytes } : null;
    }

    private static SourceKind? FindKind(SpecCursor cursor)
    {
        if (cursor.Value.ValueKind != JsonValueKind.Object)
        {
            cursor.RefuseForm("an object", "Write it as { \"kind\": \"jsonl\", \"path\": \"items.jsonl\" }.");
            return null;
        }

        // Without a kind nobody can say which other fields are right.
        var anyFields = cursor.Value.EnumerateObject().Select(property => property.Name).ToArray();
        if (new ObjectReader(cursor, anyFields).Require("kind", "\"jsonl\"") is not { } field)
            return null;
        var name = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : "";
        var kind = Array.Find(Kinds, kind => kind.Name == name);
        if (kind is null)
            field.RefuseChoice(name, Kinds.Select(kind => kind.Name));
        return kind;
    }

    private static string[] AllFields(SourceKind kind) => ["kind", .. kind.Fields, "maxItemBytes"];
}

/// <summary>A kind of source: its own fields, and what reads them (null: a required field was refused).</summary>
internal sealed record SourceKind(string Name, IReadOnlyList<string> Fields, Func<ObjectReader, SourceReading, SourceSpec?> Read);

/// <summary>What reading a source depends on besides the document; without a directory relative paths stay relative.</summary>
internal sealed record SourceReading(FanoutRegistry Registry, string? Directory);
