using CsCheck;

namespace Fanout.Conformance.Sources;

/// <summary>Text that tries every length of UTF-8 and what the formats take for special.</summary>
internal static class Texts
{
    /// <summary>Any text on one line that does not end in a carriage return.</summary>
    public static readonly Gen<string> Line =
        Gen.OneOf("a", "é", "€", "😀", "\"", "\\", ",", "[", "]", "{", "}", " ", "\t", "\0", "\u2028").Array[0, 12].Select(string.Concat);

    /// <summary>Any text, line ends included.</summary>
    public static readonly Gen<string> Any =
        Gen.OneOf(Line, Gen.OneOf("\n", "\r\n", "\r", "\"\"", "x", "\",\"").Array[0, 8].Select(string.Concat));
}
