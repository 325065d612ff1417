namespace Fanout.Processing;

/// <summary>What is left of keys. Each number is its difference from the last key's; times are from the earliest, null as 0.</summary>
public sealed class KeyRestsJsonConverter : PackedListJsonConverter<KeyRest>
{
    private protected override void Pack(IReadOnlyList<KeyRest> list, PackedNumbers numbers)
    {
        var epoch = list.Min(rest => Math.Min(rest.Arrival?.UtcTicks ?? long.MaxValue, rest.NotBefore?.UtcTicks ?? long.MaxValue));
        numbers.Add(epoch);
        var last = default(KeyRest);
        foreach (var rest in list)
        {
            numbers.Add(rest.Number - last.Number);
            numbers.Add(rest.Offset - last.Offset);
            numbers.AddTime(rest.Arrival, epoch);
            numbers.AddTime(rest.NotBefore, epoch);
            numbers.Add(rest.SlowedPerMille);
            last = rest;
        }
    }

    private protected override void Unpack(PackedNumbers numbers, KeyRest[] list)
    {
        var epoch = numbers.Next();
        var last = default(KeyRest);
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = last = new KeyRest(
                Sum(last.Number, numbers.Next()), Sum(last.Offset, numbers.Next()), numbers.NextTime(epoch), numbers.NextTime(epoch), numbers.NextInt());
        }
    }

    private static long Sum(long number, long more) => more <= long.MaxValue - number ? number + more : throw PackedNumbers.OutOfRange();
}
