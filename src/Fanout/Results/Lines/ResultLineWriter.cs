using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace Fanout.Results;

/// <summary>An item's index and key, as its result line begins.</summary>
/// <param name="Index">0-based place in the source.</param>
/// <param name="Key">The identity the item brought along; null: none.</param>
internal readonly record struct ItemHead(long Index, string? Key);

/// <summary>Writes result lines by hand: once an item, it is the hottest code after the handler. Allocates nothing.</summary>
internal static class ResultLineWriter
{
    private const int MaxNumberLength = 20;

    /// <summary>Writes one line with its line end.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="head">Which item.</param>
    /// <param name="status">What became of it.</param>
    /// <param name="output">A JSON value; empty: null, which is left out.</param>
    /// <param name="error">Why it did not succeed; null: it did.</param>
    /// <param name="attempts">Attempts made.</param>
    /// <param name="duration">Length of the last attempt; written in milliseconds with up to three decimals.</param>
    public static void Write(
        IBufferWriter<byte> writer, in ItemHead head, OutcomeStatus status, ReadOnlySpan<byte> output, ItemError? error, int attempts, TimeSpan duration)
    {
        WriteIndex(writer, head.Index);
        if (head.Key is not null)
        {
            writer.Write(",\"key\":"u8);
            WriteString(writer, head.Key);
        }

        writer.Write(StatusField(status));
        if (!output.IsEmpty)
            WriteOutput(writer, output);
        if (error is not null)
            WriteError(writer, error);
        WriteEnd(writer, attempts, duration);
    }

    private static ReadOnlySpan<byte> StatusField(OutcomeStatus status) => status switch
    {
        OutcomeStatus.Succeeded => ",\"status\":\"Succeeded\""u8,
        OutcomeStatus.Failed => ",\"status\":\"Failed\""u8,
        OutcomeStatus.TimedOut => ",\"status\":\"TimedOut\""u8,
        OutcomeStatus.Cancelled => ",\"status\":\"Cancelled\""u8,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not an outcome."),
    };

    private static void WriteIndex(IBufferWriter<byte> writer, long index)
    {
        var prefix = "{\"index\":"u8;
        var span = writer.GetSpan(prefix.Length + MaxNumberLength);
        prefix.CopyTo(span);
        Utf8Formatter.TryFormat(index, span[prefix.Length..], out var digits);
        writer.Advance(prefix.Length + digits);
    }

    private static void WriteOutput(IBufferWriter<byte> writer, ReadOnlySpan<byte> output)
    {
        var rest = output.Trim(" \t\r\n"u8);
        if (rest.IsEmpty)
            return;
        writer.Write(",\"output\":"u8);
        // Inside JSON strings line ends are escaped: a raw one is white space between tokens, as is the indentation that follows it.
        for (var end = rest.IndexOfAny((byte)'\n', (byte)'\r'); end >= 0; end = rest.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            writer.Write(rest[..end]);
            rest = rest[end..].TrimStart(" \t\r\n"u8);
        }

        writer.Write(rest);
    }

    private static void WriteError(IBufferWriter<byte> writer, ItemError error)
    {
        writer.Write(",\"error\":{\"type\":"u8);
        WriteString(writer, error.Type);
        writer.Write(",\"message\":"u8);
        WriteString(writer, error.Message);
        writer.Write("}"u8);
    }

    private static void WriteEnd(IBufferWriter<byte> writer, int attempts, TimeSpan duration)
    {
        var span = writer.GetSpan(80);
        var at = 0;
        ",\"attempts\":"u8.CopyTo(span);
        at += 12;
        Utf8Formatter.TryFormat(attempts, span[at..], out var digits);
        at += digits;
        ",\"durationMs\":"u8.CopyTo(span[at..]);
        at += 14;
        at += FormatMilliseconds(duration, span[at..]);
        span[at++] = (byte)'}';
        span[at++] = (byte)'\n';
        writer.Advance(at);
    }

    private static int FormatMilliseconds(TimeSpan duration, Span<byte> span)
    {
        var microseconds = Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        var (milliseconds, fraction) = Math.DivRem(microseconds, 1_000);
        Utf8Formatter.TryFormat(milliseconds, span, out var length);
        if (fraction == 0)
            return length;
        span[length++] = (byte)'.';
        for (var unit = 100L; fraction > 0; unit /= 10)
        {
            span[length++] = (byte)('0' + (fraction / unit));
            fraction %= unit;
        }

        return length;
    }

    private static void WriteString(IBufferWriter<byte> writer, string text)
    {
        // Room for the worst case, each UTF-16 unit becoming \uXXXX, with the text's own UTF-8 in front when nothing needs escaping.
        var span = writer.GetSpan((text.Length * 6) + 2);
        span[0] = (byte)'"';
        var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        var length = Encoding.UTF8.GetBytes(text, span[1..]);
        if (encoder.FindFirstCharacterToEncodeUtf8(span.Slice(1, length)) >= 0)
            length = Escape(text, span[1..]);
        span[length + 1] = (byte)'"';
        writer.Advance(length + 2);
    }

    private static int Escape(string text, Span<byte> span)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, utf8);
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(utf8.AsSpan(0, length), span, out _, out var written);
        ArrayPool<byte>.Shared.Return(utf8);
        return written;
    }
}
