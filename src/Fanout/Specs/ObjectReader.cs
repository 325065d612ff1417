using System.Text.Json;

namespace Fanout.Specs;

/// <summary>The fields of one object of a spec. Fields it should not have are refused as it is made.</summary>
internal sealed class ObjectReader
{
    private readonly SpecCursor _cursor;

    public ObjectReader(SpecCursor cursor, IReadOnlyList<string> fields)
    {
        _cursor = cursor;
        foreach (var property in cursor.Value.EnumerateObject())
        {
            if (!fields.Contains(property.Name, StringComparer.Ordinal))
                RefuseUnknown(cursor.Field(property.Name, property.Value), property.Name, fields);
        }
    }

    /// <summary>A field that may be absent; null: it is.</summary>
    public SpecCursor? Find(string name) =>
        _cursor.Value.TryGetProperty(name, out var value) ? _cursor.Field(name, value) : null;

    /// <summary>A field that may not be absent; null: it is, and that has been noted.</summary>
    public SpecCursor? Require(string name, string example)
    {
        if (Find(name) is { } field)
            return field;
        _cursor.Errors.Add(new SpecError(
            JsonPointer.Append(_cursor.Pointer, name), null, "is missing, and there is no default.", $"Add \"{name}\": {example}."));
        return null;
    }

    private static void RefuseUnknown(SpecCursor field, string name, IReadOnlyList<string> fields)
    {
        var meant = NearestName.Find(name, fields);
        field.Refuse(
            $"was given, but there is no field \"{SpecText.Cut(name)}\" here.",
            (meant is null ? "Remove it." : $"Did you mean \"{meant}\"?") + $" Fields here: {string.Join(", ", fields)}.");
    }
}
