using System.Buffers.Text;
using System.Text.Json;

namespace Fanout.Results;

/// <summary>Reads result lines: quickly their index or status, or all of them.</summary>
internal static class ResultLineParser
{
    private static ReadOnlySpan<byte> IndexPrefix => "{\"index\":"u8;

    private static ReadOnlySpan<byte> KeyPrefix => ",\"key\":\""u8;

    private static ReadOnlySpan<byte> StatusPrefix => ",\"status\":\""u8;

    /// <summary>Reads the index alone.</summary>
    /// <returns>False: this is not a result line.</returns>
    public static bool TryReadIndex(ReadOnlySpan<byte> line, out long index) => TryReadIndex(line, out index, out _);

    /// <summary>Reads the status alone.</summary>
    /// <returns>False: this is not a result line.</returns>
    public static bool TryReadStatus(ReadOnlySpan<byte> line, out OutcomeStatus status)
    {
        status = default;
        if (!TryReadIndex(line, out _, out var length))
            return false;
        var rest = line[length..];
        if (rest.StartsWith(KeyPrefix))
        {
            var end = FindStringEnd(rest[KeyPrefix.Length..]);
            if (end < 0)
                return false;
            rest = rest[(KeyPrefix.Length + end + 1)..];
        }

        return rest.StartsWith(StatusPrefix) && TryParseStatus(rest[StatusPrefix.Length..], out status);
    }

    /// <summary>Reads a whole line.</summary>
    /// <exception cref="FormatException">This is not a result line.</exception>
    public static ResultLine Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return ParseFields(line);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new FormatException($"Not a result line: {failure.Message}", failure);
        }
    }

    private static ResultLine ParseFields(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        long? index = null;
        string? key = null;
        OutcomeStatus? status = null;
        JsonElement? output = null;
        ItemError? error = null;
        var attempts = 0;
        var durationMs = 0.0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
                index = Next(ref reader).GetInt64();
            else if (reader.ValueTextEquals("key"u8))
                key = Next(ref reader).GetString();
            else if (reader.ValueTextEquals("status"u8))
                status = ParseStatus(ref Next(ref reader));
            else if (reader.ValueTextEquals("output"u8))
                output = JsonElement.ParseValue(ref reader);
            else if (reader.ValueTextEquals("error"u8))
                error = ParseError(ref reader);
            else if (reader.ValueTextEquals("attempts"u8))
                attempts = Next(ref reader).GetInt32();
            else if (reader.ValueTextEquals("durationMs"u8))
                durationMs = Next(ref reader).GetDouble();
            else
                reader.Skip();
        }

        return index is { } number && status is { } outcome
            ? new ResultLine(number, key, outcome, output, error, attempts, durationMs)
            : throw new FormatException("Not a result line: it lacks an index or a status.");
    }

    private static ItemError ParseError(ref Utf8JsonReader reader)
    {
        string type = "", message = "";
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
                type = Next(ref reader).GetString() ?? "";
            else if (reader.ValueTextEquals("message"u8))
                message = Next(ref reader).GetString() ?? "";
            else
                reader.Skip();
        }

        return new ItemError(type, message);
    }

    private static ref Utf8JsonReader Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return ref reader;
    }

    private static OutcomeStatus ParseStatus(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("Succeeded"u8))
            return OutcomeStatus.Succeeded;
        if (reader.ValueTextEquals("Failed"u8))
            return OutcomeStatus.Failed;
        if (reader.ValueTextEquals("TimedOut"u8))
            return OutcomeStatus.TimedOut;
        return reader.ValueTextEquals("Cancelled"u8)
            ? OutcomeStatus.Cancelled
            : throw new FormatException($"Not a result line: '{reader.GetString()}' is no status.");
    }

    private static bool TryReadIndex(ReadOnlySpan<byte> line, out long index, out int length)
    {
        index = 0;
        length = 0;
        if (!line.StartsWith(IndexPrefix) || !Utf8Parser.TryParse(line[IndexPrefix.Length..], out index, out var digits))
            return false;
        length = IndexPrefix.Length + digits;
        // A number cut off by the end of the bytes would read as a smaller one.
        return length < line.Length && index >= 0;
    }

    /// <summary>Where the string that begins here is closed; -1: nowhere.</summary>
    private static int FindStringEnd(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                return -1;
            at += found;
            if (text[at] == '"')
                return at;
            at++;
        }

        return -1;
    }

    private static bool TryParseStatus(ReadOnlySpan<byte> text, out OutcomeStatus status)
    {
        status = text.IsEmpty ? default : text[0] switch
        {
            (byte)'S' => OutcomeStatus.Succeeded,
            (byte)'F' => OutcomeStatus.Failed,
            (byte)'T' => OutcomeStatus.TimedOut,
            _ => OutcomeStatus.Cancelled,
        };
        return status switch
        {
            OutcomeStatus.Succeeded => text.StartsWith("Succeeded\""u8),
            OutcomeStatus.Failed => text.StartsWith("Failed\""u8),
            OutcomeStatus.TimedOut => text.StartsWith("TimedOut\""u8),
            _ => text.StartsWith("Cancelled\""u8),
        };
    }
}
