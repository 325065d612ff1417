using System.Text;

namespace Fanout.Handlers.Templates;

/// <summary>A field of an object item: <c>name</c>, or nested, <c>customer.address.city</c>.</summary>
internal sealed class FieldPath(string name)
{
    public string Name { get; } = name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public byte[][] Segments { get; } = [.. name.Split('.').Select(Encoding.UTF8.GetBytes)];

    /// <summary>What keeps a name from being one; null: nothing.</summary>
    public static string? FindProblem(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && !char.IsSurrogate(c) && c is not ('_' or '-' or '.' or '@' or ' '))
                return $"holds '{c}', which field names in templates do not have";
        }
        return name.IsWhiteSpace() || name[0] is ' ' or '.' || name[^1] is ' ' or '.' || name.Contains("..", StringComparison.Ordinal)
            ? "is not a field's name"
            : null;
    }
}
