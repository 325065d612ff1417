using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Fanout;

/// <summary>
/// Bounds the texts of error groups by what they cost as JSON, so that a full tally stays under 14 KiB, and makes them survive
/// JSON unchanged (no lone surrogates): a group whose text changed on the way would no longer match itself.
/// </summary>
internal static class ErrorGroupText
{
    /// <summary>Of <see cref="ErrorGroup.Type"/>.</summary>
    public const int MaxTypeBytes = 60;

    /// <summary>Of <see cref="ErrorGroup.Pattern"/>.</summary>
    public const int MaxPatternBytes = 100;

    /// <summary>Of <see cref="ErrorGroup.ExampleMessage"/>; 200 characters would take a full tally of escaped text over the bound.</summary>
    public const int MaxExampleBytes = 160;

    private const char Ellipsis = '…';

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The text on one line, cut to so many bytes of JSON.</summary>
    public static string Clean(string text, int maxBytes)
    {
        if (text.Length <= maxBytes && !text.AsSpan().ContainsAnyExcept(Plain))
            return text;
        var clean = new StringBuilder(maxBytes);
        var cost = 0;
        var lengthWithEllipsis = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var next = Rune.IsControl(rune) ? new Rune(' ') : rune;
            cost += Cost(next);
            if (cost > maxBytes)
            {
                clean.Length = lengthWithEllipsis;
                return clean.Append(Ellipsis).ToString();
            }

            clean.Append(next);
            if (cost + 3 <= maxBytes)
                lengthWithEllipsis = clean.Length;
        }

        return clean.ToString();
    }

    /// <summary>Bytes a character takes in JSON as Fanout writes it.</summary>
    public static int Cost(Rune rune)
    {
        if (rune.Value is '"' or '\\')
            return 2;
        if (!JavaScriptEncoder.UnsafeRelaxedJsonEscaping.WillEncode(rune.Value))
            return rune.Utf8SequenceLength;
        return 6 * rune.Utf16SequenceLength;
    }
}
