using System.Text;
using System.Text.Json;
using Fanout.Handlers;

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

/// <summary>The run reduces numbers and an item's output is none.</summary>
public sealed class NotANumberException : PermanentItemException
{
    private const int MaxShown = 100;

    internal NotANumberException(ReadOnlySpan<byte> output, string problem)
        : base($"The output {Cut(output)} {problem}; results.reduce takes JSON numbers, strings that hold one, and null.")
    {
    }

    /// <inheritdoc/>
    public override string ErrorType => "NotANumber";

    private static string Cut(ReadOnlySpan<byte> output) =>
        output.Length <= MaxShown ? Encoding.UTF8.GetString(output) : Encoding.UTF8.GetString(output[..MaxShown]) + "…";
}
