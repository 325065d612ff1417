using System.Text.Json;

namespace Fanout.Azure.Queues;

/// <summary>What travels in place of a body that is too large: <c>{ "blob": "CONTAINER/NAME" }</c>.</summary>
/// <param name="Container">The container.</param>
/// <param name="Name">The blob in it.</param>
internal sealed record BlobClaim(string Container, string Name)
{
    /// <summary>The claim that a message is; null: it is none.</summary>
    public static BlobClaim? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.EnumerateObject().ToList() is [{ Name: "blob", Value: { ValueKind: JsonValueKind.String } value }]
                && value.GetString()!.Split('/', 2) is [{ Length: > 0 } container, { Length: > 0 } name]
                ? new BlobClaim(container, name)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: half of a surrogate pair.
        }
    }

    /// <summary>The message.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["blob"] = ToString() }, Serialization.FanoutJson.Options);

    /// <summary>As messages and people write it.</summary>
    public override string ToString() => $"{Container}/{Name}";
}
