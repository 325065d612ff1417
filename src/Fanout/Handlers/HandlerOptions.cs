using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Handlers;

/// <summary>The options a spec gives a handler. A handler class that takes this in its constructor may be given options; the others refuse them.</summary>
/// <param name="options">The options; null: none were given.</param>
public sealed class HandlerOptions(JsonElement? options)
{
    /// <summary>The options as JSON; null: none were given.</summary>
    public JsonElement? Options { get; } = options;

    /// <summary>The options read as a <typeparamref name="T"/>; of none, a <typeparamref name="T"/> read from an empty object.</summary>
    /// <exception cref="JsonException">They cannot be read as one.</exception>
    public T Get<T>()
    {
        var value = Options is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given
            ? given.Deserialize<T>(FanoutJson.Options)
            : JsonSerializer.Deserialize<T>("{}"u8, FanoutJson.Options);
        return value ?? throw new JsonException($"The handler's options are null where a {typeof(T).Name} is needed.");
    }
}
