using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout.Processing;

/// <summary>
/// Writes what is left of keys as one text, a few characters a key: they go through histories and checkpoints by the thousand. Base64 of
/// numbers in groups of seven bits (LEB128), each as its difference from the last key's; times from the earliest, null as 0.
/// </summary>
public sealed class KeyRestsJsonConverter : JsonConverter<IReadOnlyList<KeyRest>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<KeyRest> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes))
            throw new JsonException("Expected what is left of keys as text in base 64.");
        if (bytes.Length == 0)
            return [];
        var at = 0;
        var rests = new KeyRest[checked((int)ReadNumber(bytes, ref at))];
        var epoch = ReadNumber(bytes, ref at);
        var last = default(KeyRest);
        for (var i = 0; i < rests.Length; i++)
        {
            rests[i] = last = new KeyRest(
                last.Number + ReadNumber(bytes, ref at), last.Offset + ReadNumber(bytes, ref at), ReadTime(bytes, ref at, epoch), ReadTime(bytes, ref at, epoch));
        }

        return rests;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<KeyRest> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        var bytes = new List<byte>(value.Count * 4);
        if (value.Count > 0)
        {
            var epoch = value.Min(rest => Math.Min(rest.Arrival?.UtcTicks ?? long.MaxValue, rest.NotBefore?.UtcTicks ?? long.MaxValue));
            WriteNumber(bytes, value.Count);
            WriteNumber(bytes, epoch);
            var last = default(KeyRest);
            foreach (var rest in value)
            {
                WriteNumber(bytes, rest.Number - last.Number);
                WriteNumber(bytes, rest.Offset - last.Offset);
                WriteTime(bytes, rest.Arrival, epoch);
                WriteTime(bytes, rest.NotBefore, epoch);
                last = rest;
            }
        }

        writer.WriteBase64StringValue([.. bytes]);
    }

    private static void WriteTime(List<byte> to, DateTimeOffset? time, long epoch) =>
        WriteNumber(to, time is { } given ? given.UtcTicks - epoch + 1 : 0);

    private static DateTimeOffset? ReadTime(byte[] from, ref int at, long epoch) =>
        ReadNumber(from, ref at) is > 0 and var ticks ? new DateTimeOffset(epoch + ticks - 1, TimeSpan.Zero) : null;

    private static void WriteNumber(List<byte> to, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        for (; number > 0x7f; number >>= 7)
            to.Add((byte)(number | 0x80));
        to.Add((byte)number);
    }

    private static long ReadNumber(byte[] from, ref int at)
    {
        var number = 0L;
        for (var shift = 0; shift < 64 && at < from.Length; shift += 7)
        {
            var group = from[at++];
            number |= (long)(group & 0x7f) << shift;
            if (group <= 0x7f)
                return number;
        }

        throw new JsonException("What is left of keys is cut off.");
    }
}
