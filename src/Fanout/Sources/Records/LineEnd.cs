namespace Fanout.Sources;

/// <summary>What ends a line: <c>\n</c> or <c>\r\n</c>.</summary>
internal static class LineEnd
{
    /// <summary>Length of the line end that <paramref name="line"/>, which has one, ends with.</summary>
    public static int Length(ReadOnlySpan<byte> line) => line.Length > 1 && line[^2] == (byte)'\r' ? 2 : 1;
}
