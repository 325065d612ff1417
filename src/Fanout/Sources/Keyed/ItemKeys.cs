using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Sources;

/// <summary>
/// Tells which items have the same key: the first 128 bits of SHA-256 (FIPS 180-4) over the key's canonical form. Of so many bits no two keys
/// ever share them, whoever chooses the keys, so that nothing has to hold the keys themselves, of any length.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="pointer">Where the key is in an item.</param>
internal sealed class ItemKeys(string pointer)
{
    private const byte StringForm = 1;
    private const byte OtherForm = 2;

    private readonly ItemPointer _pointer = new(pointer);
    private readonly ArrayBufferWriter<byte> _form = new(256);

    /// <summary>What items without a key, with null for a key, malformed ones and those with a defect have in common.</summary>
    public static UInt128 None => UInt128.Zero;

    /// <summary>The item's key.</summary>
    public UInt128 KeyOf(in Item item)
    {
        _form.ResetWrittenCount();
        if (item.Defect is not null)
            return None;
        if (item.IsText)
            return _pointer.IsWhole ? Hash(StringForm, item.Value.Span) : None;
        try
        {
            return _pointer.TryFind(item.Value.Span, out var value) ? KeyOf(ref value) : None;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    private UInt128 KeyOf(ref Utf8JsonReader value)
    {
        switch (value.TokenType)
        {
            case JsonTokenType.Null:
                return None;
            case JsonTokenType.String:
                var text = _form.GetSpan(Math.Max(value.ValueSpan.Length, 1));
                return Hash(StringForm, text[..value.CopyString(text)]);
            default:
                using (var document = JsonDocument.ParseValue(ref value))
                using (var writer = new Utf8JsonWriter(_form, new JsonWriterOptions { Encoder = FanoutJson.Options.Encoder }))
                    document.RootElement.WriteTo(writer);
                return Hash(OtherForm, _form.WrittenSpan);
        }
    }

    // The string "1" and the number 1 are different keys.
    private static UInt128 Hash(byte form, ReadOnlySpan<byte> canonical)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var length = canonical.Length + 1;
        var rented = length > 512 ? ArrayPool<byte>.Shared.Rent(length) : null;
        var bytes = rented ?? stackalloc byte[512];
        bytes[0] = form;
        canonical.CopyTo(bytes[1..]);
        SHA256.HashData(bytes[..length], digest);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
