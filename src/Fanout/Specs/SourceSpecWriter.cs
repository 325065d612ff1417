using System.Diagnostics;
using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Writes <c>source</c>. Items keep the order of their fields: they are data, and a handler may show it.</summary>
internal static class SourceSpecWriter
{
    public static void Write(Utf8JsonWriter writer, SourceSpec source)
    {
        writer.WriteStartObject("source");
        writer.WriteString("kind", source.Kind);
        WriteOwnFields(writer, source);
        writer.WriteNumber("maxItemBytes", source.MaxItemBytes);
        writer.WriteEndObject();
    }

    private static void WriteOwnFields(Utf8JsonWriter writer, SourceSpec source)
    {
        switch (source)
        {
            case CsvSourceSpec csv:
                writer.WriteString("path", csv.Path);
                writer.WriteString("delimiter", csv.Delimiter == '\t' ? "tab" : csv.Delimiter.ToString());
                writer.WriteBoolean("header", csv.Header);
                break;
            case FileSourceSpec file:
                writer.WriteString("path", file.Path);
                break;
            case RangeSourceSpec range:
                writer.WriteNumber("start", range.Start);
                writer.WriteNumber("end", range.End);
                break;
            case InlineSourceSpec inline:
                writer.WriteStartArray("items");
                foreach (var item in inline.Items)
                    CanonicalJson.Write(writer, item, sortFields: false);
                writer.WriteEndArray();
                break;
            case FilesSourceSpec files:
                writer.WriteStartArray("patterns");
                foreach (var pattern in files.Patterns)
                    writer.WriteStringValue(pattern);
                writer.WriteEndArray();
                SpecWriter.WriteText(writer, "root", files.Root);
                break;
            case BlobsSourceSpec blobs:
                writer.WriteString("container", blobs.Container);
                SpecWriter.WriteText(writer, "prefix", blobs.Prefix);
                break;
            case RedriveSourceSpec redrive:
                writer.WriteString("run", redrive.Run);
                writer.WriteString("only", SpecWords.Only.WordFor(redrive.Only));
                SpecWriter.WriteText(writer, "whereError", redrive.WhereError);
                break;
            case CustomSourceSpec custom:
                writer.WriteString("name", custom.Name);
                SpecWriter.WriteOptions(writer, custom.Options);
                break;
            default:
                throw new UnreachableException($"There is no kind of source {source.Kind}.");
        }
    }
}
