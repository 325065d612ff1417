using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>Whole-text matching that means what ECMAScript means: .NET's <c>$</c> also matches before a final line feed.</summary>
internal static class RegexExactness
{
    internal static bool IsExactly(this Regex regex, string text)
    {
        var match = regex.Match(text);
        return match.Success && match.Length == text.Length;
    }

    internal static bool IsExactly(this Regex regex, string text, out Match match)
    {
        match = regex.Match(text);
        return match.Success && match.Length == text.Length;
    }
}
