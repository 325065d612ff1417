using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads <c>handler</c>; its options are for the handler itself to judge.</summary>
internal static class HandlerSpecReader
{
    public static readonly string[] Fields = ["name", "options"];

    /// <returns>Null: it was refused.</returns>
    public static HandlerSpec? Read(SpecCursor cursor, FanoutRegistry registry)
    {
        if (cursor.AsObject(Fields, "{ \"name\": \"http\", \"options\": { … } }") is not { } handler)
            return null;

        var name = handler.Require("name", "\"http\"")?.Registered("handler", registry.Handlers.Keys);
        var options = handler.Find("options") is { } given ? ReadOptions(given) : null;
        if (name is null)
            return null;

        foreach (var error in registry.Handlers[name].Validate(options))
            cursor.Errors.Add(error with { Pointer = cursor.Pointer + "/options" + error.Pointer });
        return new HandlerSpec(name, options);
    }

    /// <summary>An object whose fields are not Fanout's.</summary>
    public static JsonElement? ReadOptions(SpecCursor cursor)
    {
        if (cursor.Value.ValueKind == JsonValueKind.Object)
            return CanonicalJson.Detach(cursor.Value);
        cursor.RefuseForm("an object", "Write the options as { \"name\": value }.");
        return null;
    }
}
