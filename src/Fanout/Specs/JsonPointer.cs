using System.Text.RegularExpressions;

namespace Fanout.Specs;

/// <summary>JSON pointers (RFC 6901), one segment at a time.</summary>
internal static partial class JsonPointer
{
    /// <summary>What RFC 6901 allows, section 3.</summary>
    internal const string Pattern = "^(/([^~/]|~[01])*)*$";

    /// <summary>True: it is a pointer; the empty one is the whole document.</summary>
    internal static bool IsValid(string text) => Form().IsExactly(text);

    internal static string Append(string pointer, string segment) =>
        pointer + "/" + segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The segments, unescaped; none for the whole document.</summary>
    /// <exception cref="ArgumentException">It is not empty and does not begin with a slash.</exception>
    internal static IReadOnlyList<string> Split(string pointer)
    {
        if (pointer.Length == 0)
            return [];
        if (pointer[0] != '/')
            throw new ArgumentException($"\"{pointer}\" is not a JSON pointer: one begins with a slash.", nameof(pointer));
        return [.. pointer[1..].Split('/').Select(Unescape)];
    }

    private static string Unescape(string segment) =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
