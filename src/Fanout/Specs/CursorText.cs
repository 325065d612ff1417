using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fanout.Specs;

/// <summary>Reads text, names and fixed choices.</summary>
internal static partial class CursorText
{
    /// <summary>Ids of runs and names of limits: they become parts of file names and URLs.</summary>
    internal const string NamePattern = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$";

    /// <summary>The longest path, glob or other text, in UTF-16 characters.</summary>
    internal const int MaxTextLength = 4_096;

    public static string? Text(this SpecCursor cursor, string example, int maxLength = MaxTextLength)
    {
        if (cursor.Value.ValueKind != JsonValueKind.String)
        {
            cursor.RefuseForm("text", $"Write it in quotes, such as \"{example}\".");
            return null;
        }

        var text = cursor.Value.GetString()!;
        if (text.Length == 0)
            cursor.Refuse("is empty.", $"Write some text, such as \"{example}\", or leave the field out.");
        else if (text.Contains('\0', StringComparison.Ordinal))
            cursor.Refuse("has a NUL character, which no path or name may have.", "Remove it.");
        else if (text.Length > maxLength)
            cursor.Refuse($"is too long; allowed are {SpecText.Number(maxLength)} characters, these are {SpecText.Number(text.Length)}.", "Shorten it.");
        else
            return text;
        return null;
    }

    /// <summary>An id or a name that Fanout itself uses in file names and URLs.</summary>
    public static string? Name(this SpecCursor cursor, string what, string example)
    {
        if (cursor.Value.ValueKind == JsonValueKind.String && NameForm().IsExactly(cursor.Value.GetString()!))
            return cursor.Value.GetString();
        cursor.RefuseForm(
            $"{what}; allowed are 1 to 100 letters, digits, '.', '_' and '-' (A-Z, a-z, 0-9), the first not '.' or '-'",
            $"Write one such as \"{example}\".");
        return null;
    }

    /// <summary>A JSON pointer into an item.</summary>
    public static string? Pointer(this SpecCursor cursor, string example)
    {
        var text = cursor.Value.ValueKind == JsonValueKind.String ? cursor.Value.GetString() : null;
        if (text?.Length > MaxTextLength)
            cursor.Refuse($"is too long; allowed are {SpecText.Number(MaxTextLength)} characters, these are {SpecText.Number(text.Length)}.", "Shorten it.");
        else if (text is null || !JsonPointer.IsValid(text))
            cursor.RefuseForm(
                "a JSON pointer (RFC 6901); allowed are \"\" for the whole item, and a slash before each name, in which '~' is \"~0\" and '/' is \"~1\"",
                $"Write it as \"{example}\".");
        else
            return text;
        return null;
    }

    public static bool? Flag(this SpecCursor cursor)
    {
        if (cursor.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return cursor.Value.GetBoolean();
        cursor.RefuseForm("true or false", "Write true or false, without quotes.");
        return null;
    }

    public static T? Choice<T>(this SpecCursor cursor, SpecWords<T> words)
        where T : struct
    {
        var word = cursor.Value.ValueKind == JsonValueKind.String ? cursor.Value.GetString()! : "";
        if (words.Find(word) is { } value)
            return value;
        cursor.RefuseChoice(word, words.All);
        return null;
    }

    public static void RefuseChoice(this SpecCursor cursor, string given, IEnumerable<string> words)
    {
        var meant = NearestName.Find(given, words);
        cursor.RefuseForm(
            $"one of {string.Join(", ", words.Select(word => $"\"{word}\""))}",
            meant is null ? "Choose one of these." : $"Did you mean \"{meant}\"?");
    }

    /// <summary>A name that must be registered in code; <paramref name="what"/> says as what, as in <c>handler</c>.</summary>
    public static string? Registered(this SpecCursor cursor, string what, ICollection<string> names)
    {
        if (cursor.Text(names.FirstOrDefault() ?? what) is not { } name)
            return null;
        if (names.Contains(name))
            return name;
        var meant = NearestName.Find(name, names);
        cursor.Refuse(
            $"is not a registered {what}.",
            (meant is null ? "" : $"Did you mean \"{meant}\"? ")
                + $"Registered: {SpecText.Choices(name, names, none: "none")}.");
        return null;
    }

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
