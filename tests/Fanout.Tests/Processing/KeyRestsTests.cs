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
    public void ThousandKeys_TakeAFewThousandCharacters()
    {
        var now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        var rests = Enumerable.Range(0, 1_000).Select(i => new KeyRest(i * 3, i * 4_000L, i % 2 == 0 ? null : now.AddMilliseconds(i), null)).ToList();
        Assert.InRange(JsonSerializer.Serialize(new BatchCheckpoint([], 0, [], Tally.Zero) { Keys = rests }, FanoutJson.Options).Length, 1, 12_000);
    }

    [Fact]
    public void CheckpointWithoutKeys_HasNone() =>
        Assert.Empty(JsonSerializer.Deserialize<BatchCheckpoint>("""{"parts":[],"next":1,"unsettled":"","tally":{}}""", FanoutJson.Options)!.Keys);
}
