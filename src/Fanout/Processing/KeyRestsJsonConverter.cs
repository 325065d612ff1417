using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout.Processing;

/// <summary>
/// Writes what is left of keys as one text, a few characters a key: they go through histories and checkpoints by the thousand. Each number is
/// its difference from the last key's; times from the earliest, null as 0.
/// </summary>
public sealed class KeyRestsJsonConverter : JsonConverter<IReadOnlyList<KeyRest>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<KeyRest> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var numbers = PackedNumbers.Read(ref reader);
        if (numbers.IsAtEnd)
            return [];
        var rests = new KeyRest[checked((int)numbers.Next())];
        var epoch = numbers.Next();
        var last = default(KeyRest);
        for (var i = 0; i < rests.Length; i++)
        {
            rests[i] = last = new KeyRest(
                last.Number + numbers.Next(), last.Offset + numbers.Next(), numbers.NextTime(epoch), numbers.NextTime(epoch), (int)numbers.Next());
        }

        return rests;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<KeyRest> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        var numbers = new PackedNumbers();
        if (value.Count > 0)
        {
            var epoch = value.Min(rest => Math.Min(rest.Arrival?.UtcTicks ?? long.MaxValue, rest.NotBefore?.UtcTicks ?? long.MaxValue));
            numbers.Add(value.Count);
            numbers.Add(epoch);
            var last = default(KeyRest);
            foreach (var rest in value)
            {
                numbers.Add(rest.Number - last.Number);
                numbers.Add(rest.Offset - last.Offset);
                numbers.AddTime(rest.Arrival, epoch);
                numbers.AddTime(rest.NotBefore, epoch);
                numbers.Add(rest.SlowedPerMille);
                last = rest;
            }
        }

        numbers.WriteTo(writer);
    }
}
