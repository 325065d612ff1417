using System.Text.Json;

namespace Fanout.Specs;

/// <summary>One value of a spec: where it stands, and the list its errors go to. Reading never throws; what was refused reads as null.</summary>
internal readonly record struct SpecCursor(string Pointer, JsonElement Value, List<SpecError> Errors)
{
    public SpecCursor Field(string name, JsonElement value) => this with { Pointer = JsonPointer.Append(Pointer, name), Value = value };

    /// <summary>The elements of an array; none when it is not one.</summary>
    public IEnumerable<SpecCursor> Elements()
    {
        if (Value.ValueKind != JsonValueKind.Array)
            yield break;
        var index = 0;
        foreach (var element in Value.EnumerateArray())
            yield return Field($"{index++}", element);
    }

    /// <summary>Notes an error. The problem follows the value (<c>is too large; allowed are …</c>), the remedy is a sentence of its own.</summary>
    public void Refuse(string problem, string remedy) => Errors.Add(new SpecError(Pointer, SpecText.Quote(Value), problem, remedy));

    /// <summary>Refuses a value of the wrong type or form.</summary>
    public void RefuseForm(string expected, string remedy) => Refuse(
        $"is not {expected}.",
        Value.ValueKind == JsonValueKind.Null ? $"Leave the field out if you mean its default. {remedy}" : remedy);

    /// <summary>The value as an object whose fields are <paramref name="fields"/> and no others.</summary>
    public ObjectReader? AsObject(IReadOnlyList<string> fields, string example)
    {
        if (Value.ValueKind == JsonValueKind.Object)
            return new ObjectReader(this, fields);
        RefuseForm("an object", $"Write it as {example}.");
        return null;
    }
}
