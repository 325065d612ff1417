using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Handlers.Templates;
using Fanout.Serialization;
using Fanout.Sources;

namespace Fanout.Handlers.Typed;

/// <summary>Reads items as <typeparamref name="TItem"/>. How is decided once a type.</summary>
internal static class ItemBinder<TItem>
{
    private static readonly Func<Item, TItem> ReadCore = Choose();

    /// <exception cref="UnreadableItemException">The item is none.</exception>
    public static TItem Read(in Item item)
    {
        try
        {
            return ReadCore(item);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            throw new UnreadableItemException(TypeName.Of(typeof(TItem)), e.Message, e);
        }
    }

    private static Func<Item, TItem> Choose()
    {
        if (typeof(TItem) == typeof(string))
            return (Func<Item, TItem>)(object)(Func<Item, string>)ReadString;
        if (typeof(TItem) == typeof(JsonElement))
            return (Func<Item, TItem>)(object)(Func<Item, JsonElement>)ReadElement;
        // Types that stand for any JSON take text as the JSON string it is; the others want what the text says: 5 is a number.
        bool isJson = typeof(TItem) == typeof(object) || typeof(TItem) == typeof(JsonDocument) || typeof(TItem).IsAssignableTo(typeof(JsonNode));
        return item => !item.IsText ? Deserialize(item.Value.Span) : isJson ? DeserializeQuoted(item.Value.Span) : ReadText(item.Value.Span);
    }

    private static string ReadString(Item item)
    {
        var value = item.Value.Span;
        if (item.IsText)
            return Encoding.UTF8.GetString(value);
        var reader = new Utf8JsonReader(value);
        if (!reader.Read())
            throw new JsonException("It is empty.");
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString()!;
        var compact = new ArrayBufferWriter<byte>(value.Length);
        CompactJson.Copy(value, compact);
        return Encoding.UTF8.GetString(compact.WrittenSpan);
    }

    private static JsonElement ReadElement(Item item)
    {
        if (item.IsText)
            return JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(item.Value.Span), FanoutJson.Options);
        var reader = new Utf8JsonReader(item.Value.Span);
        // The element owns its memory: the item's bytes are reused.
        return JsonElement.ParseValue(ref reader);
    }

    private static TItem ReadText(ReadOnlySpan<byte> text)
    {
        try
        {
            return Deserialize(text);
        }
        catch (JsonException)
        {
            // Dates, ids and enums are strings in JSON.
            return TryDeserializeQuoted(text, out var item) ? item : throw new JsonException($"The text \"{Excerpt(text)}\" is not one.");
        }
    }

    private static bool TryDeserializeQuoted(ReadOnlySpan<byte> text, out TItem item)
    {
        try
        {
            item = DeserializeQuoted(text);
            return true;
        }
        catch (JsonException)
        {
            item = default!;
            return false;
        }
    }

    private static TItem DeserializeQuoted(ReadOnlySpan<byte> text)
    {
        var quoted = new ArrayBufferWriter<byte>(text.Length + 2);
        JsonOutput.WriteText(text, quoted);
        return Deserialize(quoted.WrittenSpan);
    }

    // A null where nobody expects one would fail later and say less; whoever wants nulls takes a nullable value or a JsonElement.
    private static TItem Deserialize(ReadOnlySpan<byte> json)
    {
        if (TryReadNumber(json, out var number))
            return number;
        var item = JsonSerializer.Deserialize<TItem>(json, FanoutJson.Options);
        return item is not null || typeof(TItem).IsValueType ? item! : throw new JsonException("It is null.");
    }

    // The serializer boxes a bare number.
    private static bool TryReadNumber(ReadOnlySpan<byte> json, out TItem number)
    {
        number = default!;
        if (typeof(TItem) != typeof(int) && typeof(TItem) != typeof(long) && typeof(TItem) != typeof(double))
            return false;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.Number)
            return false;
        bool fits = typeof(TItem) == typeof(int) ? reader.TryGetInt32(out Unsafe.As<TItem, int>(ref number))
            : typeof(TItem) == typeof(long) ? reader.TryGetInt64(out Unsafe.As<TItem, long>(ref number))
            : reader.TryGetDouble(out Unsafe.As<TItem, double>(ref number));
        return fits && !reader.Read();
    }

    private static string Excerpt(ReadOnlySpan<byte> text)
    {
        var whole = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 200)]);
        return whole.Length <= 50 ? whole : string.Concat(whole.AsSpan(0, 50), "…");
    }
}
