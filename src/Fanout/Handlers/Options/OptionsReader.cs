using System.Text.Json;
using Fanout.Handlers.Templates;
using Fanout.Specs;

namespace Fanout.Handlers.Options;

/// <summary>Reads a handler's options and collects what is wrong with them; pointers are relative to the options.</summary>
internal sealed class OptionsReader
{
    private readonly JsonElement _options;
    private readonly List<SpecError> _errors = [];

    public OptionsReader(string handler, JsonElement? options, params string[] known)
    {
        if (options is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value)
            return;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse("", value, "is not an object.", $"Give the options of {handler} as an object.");
            return;
        }
        _options = value;
        foreach (var property in value.EnumerateObject().Where(property => !known.Contains(property.Name, StringComparer.Ordinal)))
            RefuseUnknown(handler, property, known);
    }

    public IReadOnlyList<SpecError> Errors => _errors;

    public void Refuse(string pointer, JsonElement? value, string problem, string remedy) =>
        _errors.Add(new(pointer, value is { } element ? SpecText.Quote(element) : null, problem, remedy));

    /// <summary>Null: absent, or JSON's null.</summary>
    public JsonElement? Find(string name) =>
        _options.ValueKind == JsonValueKind.Object && _options.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public string? Text(string name, string remedy)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Refuse("/" + name, value, "is not a string.", remedy);
        return null;
    }

    public bool? Flag(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Refuse("/" + name, value, "is neither true nor false.", "Use true or false.");
        return null;
    }

    public int Number(string name, int standard, int least, int most)
    {
        if (Find(name) is not { } value)
            return standard;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        Refuse("/" + name, value, $"is not a whole number from {SpecText.Number(least)} to {SpecText.Number(most)}.", $"Use one, or leave it out for {SpecText.Number(standard)}.");
        return standard;
    }

    public TimeSpan? Duration(string name, TimeSpan least, TimeSpan most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && HumanDuration.TryParse(value.GetString(), out var duration) && duration >= least && duration <= most)
            return duration;
        Refuse("/" + name, value, $"is not a duration from {HumanDuration.Format(least)} to {HumanDuration.Format(most)}.", "Use a number and a unit (ms, s, m, h), such as \"250ms\" or \"1m30s\".");
        return null;
    }

    /// <summary>The index of the choice; the first when absent.</summary>
    public int Choice(string name, params string[] choices)
    {
        if (Find(name) is not { } value)
            return 0;
        var index = value.ValueKind == JsonValueKind.String ? Array.IndexOf(choices, value.GetString()) : -1;
        if (index < 0)
            Refuse("/" + name, value, $"is none of {string.Join(", ", choices)}.", $"Use one of them, or leave it out for {choices[0]}.");
        return Math.Max(index, 0);
    }

    public Template? Template(string name) => Find(name) is { } value ? Template("/" + name, value) : null;

    /// <summary>An array's elements with their pointers; empty when absent.</summary>
    public IReadOnlyList<(string Pointer, JsonElement Value)> Elements(string name, string remedy)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray().Select((element, i) => ($"/{name}/{i}", element))];
        Refuse("/" + name, value, "is not an array.", remedy);
        return [];
    }

    /// <summary>An object of templates; empty when absent.</summary>
    public IReadOnlyList<(string Name, string Pointer, Template Template)> Templates(string name)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse("/" + name, value, "is not an object.", "Use an object of strings.");
            return [];
        }
        var templates = new List<(string, string, Template)>();
        foreach (var property in value.EnumerateObject())
        {
            var pointer = JsonPointer.Append("/" + name, property.Name);
            if (Template(pointer, property.Value) is { } template)
                templates.Add((property.Name, pointer, template));
        }
        return templates;
    }

    public Template? Template(string pointer, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(pointer, value, "is not a string.", "Use a string; {} in it is the item, {name} a field of it.");
            return null;
        }
        var template = Handlers.Templates.Template.TryParse(value.GetString()!, out var problem);
        if (template is null)
            Refuse(pointer, value, problem!, "Use {} for the item, {name} for a field of it, {#} for its index, {{ and }} for braces.");
        return template;
    }

    private void RefuseUnknown(string handler, JsonProperty property, string[] known)
    {
        var problem = known.Length == 0 ? $"is not an option: {handler} has none." : $"is not an option of {handler}.";
        var remedy = NearestName.Find(property.Name, known) is { } nearest
            ? $"Did you mean \"{nearest}\"?"
            : known.Length == 0 ? "Leave it out." : $"Use one of {SpecText.Choices(property.Name, known, "none")}.";
        Refuse(JsonPointer.Append("", property.Name), property.Value, problem, remedy);
    }
}
