using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fanout.Specs;

/// <summary>How messages about specs put values, numbers and lists of names.</summary>
internal static partial class SpecText
{
    private const int MaxQuote = 100;
    private const int MaxNames = 10;

    /// <summary>A value as JSON on one line, cut.</summary>
    internal static string Quote(JsonElement value) => Cut(LineBreaks().Replace(value.GetRawText(), " "));

    /// <summary>At most 100 characters, the last an ellipsis when there were more.</summary>
    internal static string Cut(string text)
    {
        if (text.Length <= MaxQuote)
            return text;
        var length = char.IsHighSurrogate(text[MaxQuote - 2]) ? MaxQuote - 2 : MaxQuote - 1;
        return string.Concat(text.AsSpan(0, length), "…");
    }

    /// <summary>Thousands apart: <c>100,000</c>.</summary>
    internal static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Number(double value) => value.ToString("#,0.#######", CultureInfo.InvariantCulture);

    /// <summary>Names to choose from, the nearest to <paramref name="given"/> first.</summary>
    internal static string Choices(string given, IEnumerable<string> names, string none)
    {
        var ordered = NearestName.Order(given, names);
        var shown = string.Join(", ", ordered.Take(MaxNames).Select(name => $"\"{name}\""));
        return ordered.Count switch
        {
            0 => none,
            <= MaxNames => shown,
            _ => $"{shown} and {ordered.Count - MaxNames} more",
        };
    }

    [GeneratedRegex(@"\s*[\r\n]\s*")]
    private static partial Regex LineBreaks();
}
