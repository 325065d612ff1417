using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Fanout.Handlers;

/// <summary>Writes results without an allocation per item.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    /// <summary>A writer of this thread's, for use until the next call on this thread; its user flushes it.</summary>
    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        if (s_writer is null)
            return s_writer = new(output, WriterOptions);
        s_writer.Reset(output);
        return s_writer;
    }

    /// <summary>Writes UTF-8 text as a JSON string; bytes that are not UTF-8 become U+FFFD.</summary>
    public static void WriteText(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var writer = Rent(output);
        if (Utf8.IsValid(text))
            writer.WriteStringValue(text);
        else
            writer.WriteStringValue(Encoding.UTF8.GetString(text));
        writer.Flush();
    }

    /// <exception cref="JsonException">It is not exactly one JSON value.</exception>
    public static void CheckOneValue(ReadOnlySpan<byte> json)
    {
        // The reader looks into strings only when asked for them.
        if (!Utf8.IsValid(json))
            throw new JsonException("It is not UTF-8.");
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
        }
    }
}
