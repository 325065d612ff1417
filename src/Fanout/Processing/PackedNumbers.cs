using System.Text.Json;

namespace Fanout.Processing;

/// <summary>
/// Numbers as one text of JSON, a character or two each: base64 of groups of seven bits (LEB128); those that may be negative in zigzag order
/// (Protocol Buffers' <c>sint64</c>).
/// </summary>
internal sealed class PackedNumbers
{
    private readonly List<byte> _bytes = [];
    private int _at;

    public bool IsAtEnd => _at == _bytes.Count;

    public static PackedNumbers Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes))
            throw new JsonException("Expected numbers as text in base 64.");
        var numbers = new PackedNumbers();
        numbers._bytes.AddRange(bytes);
        return numbers;
    }

    public void WriteTo(Utf8JsonWriter writer) => writer.WriteBase64StringValue([.. _bytes]);

    public void Add(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        AddGroups((ulong)number);
    }

    public void AddSigned(long number) => AddGroups((ulong)((number << 1) ^ (number >> 63)));

    /// <summary>A time, none of which is before <paramref name="epoch"/> (ticks, UTC).</summary>
    public void AddTime(DateTimeOffset? time, long epoch) => Add(time is { } given ? given.UtcTicks - epoch + 1 : 0);

    public long Next() => checked((long)NextGroups());

    public long NextSigned() => NextGroups() is var number && (number & 1) == 0 ? (long)(number >> 1) : ~(long)(number >> 1);

    public DateTimeOffset? NextTime(long epoch) => Next() is > 0 and var ticks ? new DateTimeOffset(epoch + ticks - 1, TimeSpan.Zero) : null;

    private void AddGroups(ulong number)
    {
        for (; number > 0x7f; number >>= 7)
            _bytes.Add((byte)(number | 0x80));
        _bytes.Add((byte)number);
    }

    private ulong NextGroups()
    {
        var number = 0UL;
        for (var shift = 0; shift < 64 && _at < _bytes.Count; shift += 7)
        {
            var group = _bytes[_at++];
            number |= (ulong)(group & 0x7f) << shift;
            if (group <= 0x7f)
                return number;
        }

        throw new JsonException("Numbers are cut off.");
    }
}
