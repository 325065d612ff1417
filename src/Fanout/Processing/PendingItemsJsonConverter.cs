using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout.Processing;

/// <summary>
/// Writes items that are not settled as one text, some ten characters an item: a batch hands back up to a thousand and more. Each number is its
/// difference from the last item's; times from the earliest, null as 0.
/// </summary>
public sealed class PendingItemsJsonConverter : JsonConverter<IReadOnlyList<PendingItem>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<PendingItem> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var numbers = PackedNumbers.Read(ref reader);
        if (numbers.IsAtEnd)
            return [];
        var items = new PendingItem[checked((int)numbers.Next())];
        var epoch = numbers.Next();
        var byKey = numbers.Next() != 0;
        var (index, offset, key) = (0L, 0L, 0L);
        for (var i = 0; i < items.Length; i++)
        {
            var item = new PendingItem(index += numbers.NextSigned(), (int)numbers.Next(), numbers.NextTime(epoch));
            items[i] = byKey ? item with { Offset = offset += numbers.NextSigned(), Key = key += numbers.NextSigned() } : item;
        }

        return items;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<PendingItem> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        var numbers = new PackedNumbers();
        if (value.Count > 0)
            Pack(value, numbers);
        numbers.WriteTo(writer);
    }

    private static void Pack(IReadOnlyList<PendingItem> items, PackedNumbers numbers)
    {
        var epoch = items.Min(item => item.NotBefore?.UtcTicks ?? long.MaxValue);
        var byKey = items[0].Key is not null;
        numbers.Add(items.Count);
        numbers.Add(epoch);
        numbers.Add(byKey ? 1 : 0);
        var (index, offset, key) = (0L, 0L, 0L);
        foreach (var item in items)
        {
            if (item is not { Key: null, Offset: null } and not { Key: not null, Offset: not null } || item.Key is not null != byKey)
                throw new JsonException($"Item {item.Index} is unlike the others: of a run by key all have a key and an offset.");
            numbers.AddSigned(item.Index - index);
            numbers.Add(item.Attempts);
            numbers.AddTime(item.NotBefore, epoch);
            index = item.Index;
            if (!byKey)
                continue;
            numbers.AddSigned(item.Offset!.Value - offset);
            numbers.AddSigned(item.Key!.Value - key);
            (offset, key) = (item.Offset.Value, item.Key.Value);
        }
    }
}
