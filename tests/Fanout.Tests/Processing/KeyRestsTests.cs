using System.Text.Json;
using CsCheck;
using Fanout.Processing;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class KeyRestsTests
{
    private static readonly Gen<DateTimeOffset?> _time =
        Gen.OneOf(Gen.Const((DateTimeOffset?)null), Gen.Long[0, DateTimeOffset.MaxValue.Ticks].Select(ticks => (DateTimeOffset?)new DateTimeOffset(ticks, TimeSpan.Zero)));

    [Fact]
    public void AnyRests_SurviveBeingWritten() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Long[0, 1L << 40], _time, _time, Gen.Int[0, 990]).List[0, 40].Sample(steps =>
        {
            var rests = new List<KeyRest>();
            var (number, offset) = (0L, 0L);
            foreach (var (numbers, bytes, arrival, notBefore, slowed) in steps)
                rests.Add(new KeyRest(number += numbers, offset += bytes, arrival, notBefore, slowed));
            var checkpoint = new BatchCheckpoint([], 0, [], Tally.Zero) { Keys = rests };
            var read = JsonSerializer.Deserialize<BatchCheckpoint>(JsonSerializer.Serialize(checkpoint, FanoutJson.Options), FanoutJson.Options)!;
            Assert.Equal(rests, read.Keys);
        });

    [Fact]
    public void LargestNumbers_SurviveBeingWritten_AndLargerOnesAreRefused()
    {
        List<KeyRest> rests = [new(1, 1, null, null), new(long.MaxValue, long.MaxValue, null, null)];
        var json = JsonSerializer.Serialize(new BatchCheckpoint([], 0, [], Tally.Zero) { Keys = rests }, FanoutJson.Options);
        Assert.Equal(rests, JsonSerializer.Deserialize<BatchCheckpoint>(json, FanoutJson.Options)!.Keys);

        Assert.Equal(long.MaxValue, Assert.Single(Read([1, 0, long.MaxValue, 0, 0, 0, 0])).Number);
        Assert.Throws<JsonException>(() => Read([2, 0, long.MaxValue, 0, 0, 0, 0, 1, 0, 0, 0, 0]));
        Assert.Throws<JsonException>(() => Read([2, 0, 0, long.MaxValue, 0, 0, 0, 0, 1, 0, 0, 0]));
    }

    [Fact]
    public void ThousandKeys_TakeAFewThousandCharacters()
    {
        var now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        var rests = Enumerable.Range(0, 1_000).Select(i => new KeyRest(i * 3, i * 4_000L, i % 2 == 0 ? null : now.AddMilliseconds(i), null)).ToList();
        Assert.InRange(JsonSerializer.Serialize(new BatchCheckpoint([], 0, [], Tally.Zero) { Keys = rests }, FanoutJson.Options).Length, 1, 12_000);
    }

    [Fact]
    public void CheckpointWithoutKeys_HasNone() =>
        Assert.Empty(JsonSerializer.Deserialize<BatchCheckpoint>("""{"parts":[],"next":1,"unsettled":"","tally":{}}""", FanoutJson.Options)!.Keys);

    // How many there are, the epoch, and five numbers of each.
    private static IReadOnlyList<KeyRest> Read(ReadOnlySpan<long> numbers)
    {
        var packed = new PackedNumbers();
        foreach (var number in numbers)
            packed.Add(number);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            packed.WriteTo(writer);
        var reader = new Utf8JsonReader(stream.ToArray());
        Assert.True(reader.Read());
        return new KeyRestsJsonConverter().Read(ref reader, typeof(IReadOnlyList<KeyRest>), FanoutJson.Options);
    }
}
