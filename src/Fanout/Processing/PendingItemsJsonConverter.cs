using System.Text.Json;

namespace Fanout.Processing;

/// <summary>Items that are not settled, some ten characters each. Each number is its difference from the last item's; times are from the earliest, null as 0.</summary>
public sealed class PendingItemsJsonConverter : PackedListJsonConverter<PendingItem>
{
    private protected override void Pack(IReadOnlyList<PendingItem> list, PackedNumbers numbers)
    {
        var epoch = list.Min(item => item.NotBefore?.UtcTicks ?? long.MaxValue);
        var byKey = list[0].Key is not null;
        numbers.Add(epoch);
        numbers.Add(byKey ? 1 : 0);
        var (index, offset, key) = (0L, 0L, 0L);
        foreach (var item in list)
        {
            if ((item.Key is not null, item.Offset is not null) != (byKey, byKey))
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

    private protected override void Unpack(PackedNumbers numbers, PendingItem[] list)
    {
        var epoch = numbers.Next();
        var byKey = numbers.Next() != 0;
        var (index, offset, key) = (0L, 0L, 0L);
        for (var i = 0; i < list.Length; i++)
        {
            var item = new PendingItem(index += numbers.NextSigned(), numbers.NextInt(), numbers.NextTime(epoch));
            list[i] = byKey ? item with { Offset = offset += numbers.NextSigned(), Key = key += numbers.NextSigned() } : item;
        }
    }
}
