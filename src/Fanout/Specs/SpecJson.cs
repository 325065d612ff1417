using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fanout.Specs;

/// <summary>The text of a spec as a document: JSON with comments and trailing commas, within limits, every field once.</summary>
internal static class SpecJson
{
    /// <summary>The largest spec, in bytes of UTF-8: 2 MiB.</summary>
    internal const int MaxBytes = 2 << 20;

    /// <summary>How deep objects and arrays may nest: 64.</summary>
    internal const int MaxDepth = 64;

    internal static readonly JsonDocumentOptions DocumentOptions = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MaxDepth,
    };

    /// <exception cref="SpecException">The text is too large, is not JSON, or nests too deep.</exception>
    internal static JsonDocument Parse(string text)
    {
        CheckSize(text);
        try
        {
            return JsonDocument.Parse(text.AsMemory(text.StartsWith('\uFEFF') ? 1 : 0), DocumentOptions);
        }
        catch (JsonException exception)
        {
            throw Unreadable(text, exception);
        }
    }

    /// <exception cref="SpecException">The text is too large.</exception>
    internal static void CheckSize(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaxBytes)
        {
            throw Refused(
                $"The spec has {SpecText.Number(bytes)} bytes; allowed are {SpecText.Number(MaxBytes)}.",
                "Put the items into a file of their own and name it as the source.");
        }
    }

    /// <summary>Notes fields given twice and text that is not Unicode, anywhere in the document. False: there is text that cannot be read at all.</summary>
    internal static bool Check(SpecCursor cursor) => cursor.Value.ValueKind switch
    {
        JsonValueKind.Object => CheckObject(cursor),
        JsonValueKind.Array => cursor.Elements().Aggregate(true, (readable, element) => Check(element) & readable),
        JsonValueKind.String => CheckText(cursor, () => cursor.Value.GetString()!) is not null,
        _ => true,
    };

    private static bool CheckObject(SpecCursor cursor)
    {
        var readable = true;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in cursor.Value.EnumerateObject())
        {
            var name = CheckText(cursor, () => property.Name);
            if (name is null)
            {
                readable = false;
                continue;
            }

            var field = cursor.Field(name, property.Value);
            if (!names.Add(name))
                field.Refuse($"was given, but \"{SpecText.Cut(name)}\" stands in this object already.", "Keep one of the two.");
            readable &= Check(field);
        }

        return readable;
    }

    private static string? CheckText(SpecCursor cursor, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, as in "\ud800": it cannot be written as UTF-8.
            cursor.Refuse("has an escape that is half of a character.", "Write both halves of the surrogate pair, or the character itself.");
            return null;
        }
    }

    private static SpecException Unreadable(string text, JsonException exception)
    {
        var line = (exception.LineNumber ?? 0) + 1;
        var column = Column(text, exception);
        var message = exception.Message;
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return Refused(
            string.Create(CultureInfo.InvariantCulture, $"Line {line}, column {column} is not JSON: {(end < 0 ? message : message[..end])}"),
            $"Correct it there. Comments and trailing commas are fine; objects and arrays may nest {MaxDepth} deep.");
    }

    /// <summary>1-based, in characters; the reader counts bytes of UTF-8.</summary>
    private static int Column(string text, JsonException exception)
    {
        var line = text.AsSpan(text.StartsWith('\uFEFF') ? 1 : 0);
        for (var skipped = 0L; skipped < exception.LineNumber; skipped++)
            line = line[(line.IndexOf('\n') + 1)..];
        var lineEnd = line.IndexOf('\n');
        var bytes = Encoding.UTF8.GetBytes((lineEnd < 0 ? line : line[..lineEnd]).ToString());
        var before = (int)Math.Min(exception.BytePositionInLine ?? 0, bytes.Length);
        return Encoding.UTF8.GetCharCount(bytes, 0, before) + 1;
    }

    private static SpecException Refused(string problem, string remedy) => new([new SpecError("", null, problem, remedy)]);
}
