using System.Text;
using System.Text.Json;

namespace Fanout.Results;

/// <summary>Finds the number in an item's output: a JSON number, or a string that holds one, as a process prints it.</summary>
internal static class NumberOutput
{
    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>The number's text; empty when the output is null.</summary>
    /// <exception cref="NotANumberException">The output is something else.</exception>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> output)
    {
        var value = output.Trim(WhiteSpace);
        if (value.IsEmpty || value.SequenceEqual("null"u8))
            return default;
        if (value[0] != '"')
            return value;
        if (value.Length < 2 || value[^1] != '"')
            throw new NotANumberException(output, "is not a number");
        var text = value[1..^1];
        if (text.Contains((byte)'\\'))
            text = Unescape(value);
        text = text.Trim(WhiteSpace);
        return text.IsEmpty ? throw new NotANumberException(output, "is not a number") : text;
    }

    private static byte[] Unescape(ReadOnlySpan<byte> quoted)
    {
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new NotANumberException(quoted, "is not a number");
        }
    }
}
