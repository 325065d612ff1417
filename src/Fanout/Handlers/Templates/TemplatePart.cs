namespace Fanout.Handlers.Templates;

/// <summary>A stretch of a template.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Literal">UTF-8 text, of a literal.</param>
/// <param name="Field">Which field, of a field.</param>
internal readonly record struct TemplatePart(TemplatePartKind Kind, byte[] Literal, FieldPath? Field);

internal enum TemplatePartKind
{
    Literal,
    Item,
    Index,
    Field,
}
