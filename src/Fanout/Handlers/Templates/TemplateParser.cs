using System.Text;

namespace Fanout.Handlers.Templates;

internal static class TemplateParser
{
    /// <summary>The parts of a template, or what is wrong with it.</summary>
    public static (IReadOnlyList<TemplatePart> Parts, string? Problem) Parse(string text)
    {
        var parts = new List<TemplatePart>();
        var literal = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is not ('{' or '}'))
            {
                literal.Append(c);
            }
            else if (i + 1 < text.Length && text[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '}')
            {
                return (parts, $"closes a brace at character {i + 1} that it never opened.");
            }
            else
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                    return (parts, $"opens a brace at character {i + 1} that it never closes.");
                var name = text.AsSpan(i + 1, end - i - 1);
                if (ParsePlaceholder(name) is not { } part)
                    return (parts, $"has the placeholder {{{name}}}, which {FieldPath.FindProblem(name)}.");
                AddLiteral(parts, literal);
                parts.Add(part);
                i = end;
            }
        }
        AddLiteral(parts, literal);
        return (parts, null);
    }

    private static TemplatePart? ParsePlaceholder(ReadOnlySpan<char> name) => name switch
    {
        "" => new(TemplatePartKind.Item, [], null),
        "#" => new(TemplatePartKind.Index, [], null),
        _ when FieldPath.FindProblem(name) is null => new(TemplatePartKind.Field, [], new FieldPath(name.ToString())),
        _ => null,
    };

    private static void AddLiteral(List<TemplatePart> parts, StringBuilder literal)
    {
        if (literal.Length == 0)
            return;
        parts.Add(new(TemplatePartKind.Literal, Encoding.UTF8.GetBytes(literal.ToString()), null));
        literal.Clear();
    }
}
