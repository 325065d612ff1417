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

    public long Next() => NextGroups() is var number and <= long.MaxValue ? (long)number : throw OutOfRange();

    /// <summary>A number that counts or names what an int can.</summary>
    public int NextInt() => Next() is var number and <= int.MaxValue ? (int)number : throw OutOfRange();

    /// <summary>How many things follow, each of which takes a byte at least: what claims more is damaged, and must not be made room for.</summary>
    public int NextLength() => Next() is var length && length <= _bytes.Count - _at ? (int)length : throw new JsonException("Numbers are cut off.");

    public long NextSigned() => NextGroups() is var number && (number & 1) == 0 ? (long)(number >> 1) : ~(long)(number >> 1);

    public DateTimeOffset? NextTime(long epoch)
    {
        if (Next() is not (> 0 and var ticks))
            return null;
        return epoch <= DateTimeOffset.MaxValue.Ticks && ticks - 1 <= DateTimeOffset.MaxValue.Ticks - epoch
            ? new DateTimeOffset(epoch + ticks - 1, TimeSpan.Zero)
            : throw OutOfRange();
    }

    public static JsonException OutOfRange() => new("A number is larger than any that was written.");

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
