using System.Text.Json;
using CsCheck;
using Fanout.Processing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PackedNumbersTests
{
    [Fact]
    public void AnyNumbers_ComeBack() => Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long, Gen.Int[0, int.MaxValue]).Array[0, 20].Sample(drawn =>
    {
        var numbers = Packed(packed =>
        {
            foreach (var (number, signed, small) in drawn)
            {
                packed.Add(number);
                packed.AddSigned(signed);
                packed.Add(small);
            }
        });
        foreach (var (number, signed, small) in drawn)
            Assert.Equal((number, signed, small), (numbers.Next(), numbers.NextSigned(), numbers.NextInt()));
        Assert.True(numbers.IsAtEnd);
    });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16_383, 2)]
    [InlineData(16_384, 3)]
    [InlineData(long.MaxValue, 9)]
    public void Number_TakesAByteForSevenBits(long number, int bytes) => Assert.Equal(((bytes + 2) / 3 * 4) + 2, Text(packed => packed.Add(number)).Length);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, 2)]
    [InlineData(-2, 3)]
    [InlineData(long.MaxValue / 2, long.MaxValue - 1)]
    public void NumberThatMayBeNegative_IsInZigzagOrder(long number, long zigzag) =>
        Assert.Equal(Text(packed => packed.Add(zigzag)), Text(packed => packed.AddSigned(number)));

    [Fact]
    public void NegativeNumber_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new PackedNumbers().Add(-1));

    [Fact]
    public void Times_AreFromTheEpoch_AndNoneIsNull()
    {
        var epoch = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;
        DateTimeOffset?[] times = [null, new(epoch, TimeSpan.Zero), new(epoch + 1, TimeSpan.Zero), DateTimeOffset.MaxValue];
        var numbers = Packed(packed => Array.ForEach(times, time => packed.AddTime(time, epoch)));
        Assert.Equal(times, Array.ConvertAll(times, _ => numbers.NextTime(epoch)));
    }

    [Fact]
    public void MoreThanFits_IsRefused()
    {
        Refused("A number is larger than any that was written.", packed => packed.AddSigned(long.MinValue), numbers => numbers.Next());
        Refused("A number is larger than any that was written.", packed => packed.Add(int.MaxValue + 1L), numbers => numbers.NextInt());
        Refused("A number is larger than any that was written.", packed => packed.Add(2), numbers => numbers.NextTime(DateTimeOffset.MaxValue.Ticks));
        Refused("A number is larger than any that was written.", packed => packed.Add(1), numbers => numbers.NextTime(DateTimeOffset.MaxValue.Ticks + 1));
        Refused("Numbers are cut off.", packed => packed.Add(1), numbers => numbers.NextLength());
        Refused("Numbers are cut off.", _ => { }, numbers => numbers.Next());
        Assert.Equal(int.MaxValue, Packed(packed => packed.Add(int.MaxValue)).NextInt());
        Assert.Equal(DateTimeOffset.MaxValue, Packed(packed => packed.Add(1)).NextTime(DateTimeOffset.MaxValue.Ticks));
        var two = Packed(packed =>
        {
            packed.Add(1);
            packed.Add(0);
        });
        Assert.Equal(1, two.NextLength());

        static void Refused(string message, Action<PackedNumbers> pack, Action<PackedNumbers> read) =>
            Assert.Equal(message, Assert.Throws<JsonException>(() => read(Packed(pack))).Message);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"?\"")]
    public void AnythingElse_IsRefused(string json) =>
        Assert.Equal("Expected numbers as text in base 64.", Assert.Throws<JsonException>(() => Read(json)).Message);

    private static string Text(Action<PackedNumbers> pack)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            var numbers = new PackedNumbers();
            pack(numbers);
            numbers.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static PackedNumbers Packed(Action<PackedNumbers> pack) => Read(Text(pack));

    private static PackedNumbers Read(string json)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.True(reader.Read());
        return PackedNumbers.Read(ref reader);
    }
}
