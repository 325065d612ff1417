using System.Buffers;

namespace Fanout.Sources;

/// <summary>What JSON takes for whitespace.</summary>
internal static class JsonWhitespace
{
    public static readonly SearchValues<byte> Bytes = SearchValues.Create(" \t\r\n"u8);

    public static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> value)
    {
        var span = value.Span;
        if (span.IsEmpty || (span[0] > (byte)' ' && span[^1] > (byte)' '))
            return value;
        var start = span.IndexOfAnyExcept(Bytes);
        return start < 0 ? default : value[start..(span.LastIndexOfAnyExcept(Bytes) + 1)];
    }
}
