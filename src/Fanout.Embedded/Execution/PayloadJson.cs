using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Embedded.Execution;

/// <summary>Inputs, results and event payloads as JSON, with the limit on their size.</summary>
internal static class PayloadJson
{
    /// <summary>Longest payload, in UTF-16 characters: 16 Mi. A larger value belongs in a file or blob whose name is passed instead.</summary>
    public const int MaxLength = 16 << 20;

    /// <exception cref="InvalidOperationException">The payload is longer than <see cref="MaxLength"/>.</exception>
    /// <exception cref="NotSupportedException">The value's type cannot be written as JSON.</exception>
    public static string? Write(object? value)
    {
        if (value is null)
            return null;
        var json = JsonSerializer.Serialize(value, value.GetType(), FanoutJson.Options);
        return json.Length <= MaxLength
            ? json
            : throw new InvalidOperationException(
                $"A payload of {json.Length:N0} characters is larger than the limit of {MaxLength:N0}. Pass a reference to where the data is instead.");
    }

    /// <exception cref="JsonException">The JSON does not fit the type.</exception>
    public static T? Read<T>(string? json) => json is null ? default : JsonSerializer.Deserialize<T>(json, FanoutJson.Options);

    /// <exception cref="JsonException">The JSON does not fit the type.</exception>
    public static object? Read(string? json, Type type) =>
        json is not null ? JsonSerializer.Deserialize(json, type, FanoutJson.Options)
        : type.IsValueType ? Activator.CreateInstance(type)
        : null;
}
