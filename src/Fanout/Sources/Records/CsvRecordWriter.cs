using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Fanout.Sources;

/// <summary>Turns CSV records into JSON, in one buffer that is used again for each. Not thread-safe.</summary>
/// <param name="delimiter">Between fields.</param>
/// <param name="header">The fields' names; null: records become arrays.</param>
internal sealed class CsvRecordWriter(byte delimiter, IReadOnlyList<string>? header)
{
    // Input is checked for UTF-8 first, and the structure is right by construction.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly JsonEncodedText[]? _names = header?.Select(n => JsonEncodedText.Encode(n, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).ToArray();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly ArrayBufferWriter<byte> _unquoted = new();
    private Utf8JsonWriter? _json;

    /// <summary>The record's JSON, valid until the next call; or what is wrong with it.</summary>
    public string? Write(ReadOnlySpan<byte> record, out ReadOnlyMemory<byte> json)
    {
        json = default;
        if (!Utf8.IsValid(record))
            return "the record is not valid UTF-8.";
        _buffer.ResetWrittenCount();
        var writer = _json ??= new Utf8JsonWriter(_buffer, Options);
        writer.Reset();
        var problem = _names is null ? WriteArray(writer, record) : WriteObject(writer, record, _names);
        if (problem is not null)
            return problem;
        writer.Flush();
        json = _buffer.WrittenMemory;
        return null;
    }

    private string? WriteArray(Utf8JsonWriter writer, ReadOnlySpan<byte> record)
    {
        var fields = new CsvFieldReader(record, delimiter);
        writer.WriteStartArray();
        while (fields.Read())
            writer.WriteStringValue(Text(ref fields));
        writer.WriteEndArray();
        return fields.Problem;
    }

    private string? WriteObject(Utf8JsonWriter writer, ReadOnlySpan<byte> record, JsonEncodedText[] names)
    {
        var fields = new CsvFieldReader(record, delimiter);
        var count = 0;
        writer.WriteStartObject();
        while (fields.Read())
        {
            if (count < names.Length)
                writer.WriteString(names[count], Text(ref fields));
            count++;
        }

        writer.WriteEndObject();
        return fields.Problem ?? (count == names.Length
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"the record has {count} fields, the header has {names.Length}."));
    }

    private ReadOnlySpan<byte> Text(ref CsvFieldReader fields) => fields.HasDoubledQuotes ? CsvText.Undouble(fields.Field, _unquoted) : fields.Field;
}
