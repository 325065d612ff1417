using System.Buffers;
using System.Text.Json;
using Fanout.Handlers.Templates;
using Fanout.Specs;

namespace Fanout.Handlers.Http;

/// <summary>
/// JSON whose strings are templates. A string that is one placeholder becomes the value itself (a number stays one); placeholders within
/// longer strings become text, escaped as JSON needs it.
/// </summary>
internal sealed class JsonTemplate
{
    private readonly JsonElement _value;
    private readonly Template? _text;
    private readonly List<(string Name, JsonTemplate Value)> _children = [];

    private JsonTemplate(JsonElement value, Template? text)
    {
        _value = value;
        _text = text;
    }

    /// <summary>Reads a value; <paramref name="parse"/> makes templates of its strings by their pointers, and keeps what is wrong with them.</summary>
    public static JsonTemplate Read(JsonElement value, string pointer, Func<string, JsonElement, Template?> parse)
    {
        var template = new JsonTemplate(value, value.ValueKind == JsonValueKind.String ? parse(pointer, value) : null);
        if (value.ValueKind == JsonValueKind.Object)
            template._children.AddRange(value.EnumerateObject().Select(property => (property.Name, Read(property.Value, JsonPointer.Append(pointer, property.Name), parse))));
        else if (value.ValueKind == JsonValueKind.Array)
            template._children.AddRange(value.EnumerateArray().Select((element, i) => ("", Read(element, $"{pointer}/{i}", parse))));
        return template;
    }

    public void Write(ItemContext context, Utf8JsonWriter writer)
    {
        if (_value.ValueKind == JsonValueKind.Object)
            WriteObject(context, writer);
        else if (_value.ValueKind == JsonValueKind.Array)
            WriteArray(context, writer);
        else if (_text is null)
            _value.WriteTo(writer);
        else
            WriteText(_text, context, writer);
    }

    private static void WriteText(Template text, ItemContext context, Utf8JsonWriter writer)
    {
        var output = new ArrayBufferWriter<byte>(256);
        if (text.IsPlaceholder)
        {
            text.RenderJson(context, output);
            writer.WriteRawValue(output.WrittenSpan, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(text.RenderText(context));
        }
    }

    private void WriteObject(ItemContext context, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in _children)
        {
            writer.WritePropertyName(name);
            value.Write(context, writer);
        }
        writer.WriteEndObject();
    }

    private void WriteArray(ItemContext context, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var (_, value) in _children)
            value.Write(context, writer);
        writer.WriteEndArray();
    }
}
