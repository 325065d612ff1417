using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Fanout.Handlers.Templates;

/// <summary>
/// A text with placeholders, parsed once and rendered for each item: <c>{}</c> is the item, <c>{name}</c> and <c>{a.b}</c> a field of an object item,
/// <c>{#}</c> the item's index; <c>{{</c> and <c>}}</c> are braces.
/// </summary>
internal sealed class Template
{
    private readonly IReadOnlyList<TemplatePart> _parts;

    private Template(string text, IReadOnlyList<TemplatePart> parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>The item, nothing else.</summary>
    public static Template Item { get; } = Parse("{}");

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>True: the same for every item.</summary>
    public bool IsConstant => _parts.All(part => part.Kind == TemplatePartKind.Literal);

    /// <summary>True: one placeholder and nothing around it.</summary>
    public bool IsPlaceholder => _parts is [{ Kind: not TemplatePartKind.Literal }];

    /// <summary>The text before the first placeholder.</summary>
    public string Prefix => _parts is [{ Kind: TemplatePartKind.Literal } first, ..] ? Encoding.UTF8.GetString(first.Literal) : "";

    /// <summary>Null with the problem, which goes on a sentence, when the text is no template.</summary>
    public static Template? TryParse(string text, out string? problem)
    {
        (var parts, problem) = TemplateParser.Parse(text);
        return problem is null ? new(text, parts) : null;
    }

    /// <exception cref="FormatException">It is no template.</exception>
    public static Template Parse(string text) =>
        TryParse(text, out var problem) ?? throw new FormatException($"'{text}' {problem}");

    /// <summary>Writes it for an item. <paramref name="encode"/> turns each value (not the literal text) into what may stand there; null: as it is.</summary>
    /// <exception cref="MissingFieldItemException">The item lacks a field.</exception>
    public void Render(ItemContext context, IBufferWriter<byte> output, Func<string, string>? encode = null)
    {
        foreach (var part in _parts)
        {
            if (part.Kind == TemplatePartKind.Literal)
                output.Write(part.Literal);
            else if (encode is null)
                WriteValue(part, context, output);
            else
                WriteEncoded(part, context, output, encode);
        }
    }

    /// <summary>Writes the value of a template that <see cref="IsPlaceholder"/> as JSON.</summary>
    /// <exception cref="MissingFieldItemException">The item lacks the field.</exception>
    public void RenderJson(ItemContext context, IBufferWriter<byte> output)
    {
        var part = _parts[0];
        if (part.Kind == TemplatePartKind.Index)
            WriteValue(part, context, output);
        else if (part.Kind == TemplatePartKind.Item && context.Item.IsText)
            JsonOutput.WriteText(context.Item.Value.Span, output);
        else if (part.Kind == TemplatePartKind.Item)
            CompactJson.Copy(context.Item.Value.Span, output);
        else if (!ItemText.TryCopyField(context.Item, part.Field!, output))
            throw new MissingFieldItemException(part.Field!.Name, context.Item.IsText);
    }

    /// <inheritdoc cref="Render"/>
    public string RenderText(ItemContext context, Func<string, string>? encode = null)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Render(context, output, encode);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public override string ToString() => Text;

    private static void WriteEncoded(TemplatePart part, ItemContext context, IBufferWriter<byte> output, Func<string, string> encode)
    {
        var value = new ArrayBufferWriter<byte>(256);
        WriteValue(part, context, value);
        output.Write(Encoding.UTF8.GetBytes(encode(Encoding.UTF8.GetString(value.WrittenSpan))));
    }

    private static void WriteValue(TemplatePart part, ItemContext context, IBufferWriter<byte> output)
    {
        switch (part.Kind)
        {
            case TemplatePartKind.Item:
                ItemText.Write(context.Item, output);
                break;
            case TemplatePartKind.Index:
                Utf8Formatter.TryFormat(context.Index, output.GetSpan(20), out var written);
                output.Advance(written);
                break;
            default:
                if (!ItemText.TryWriteField(context.Item, part.Field!, output))
                    throw new MissingFieldItemException(part.Field!.Name, context.Item.IsText);
                break;
        }
    }
}
