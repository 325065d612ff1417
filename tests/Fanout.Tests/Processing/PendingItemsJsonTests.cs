using System.Text.Json;
using CsCheck;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PendingItemsJsonTests
{
    private static readonly Gen<DateTimeOffset?> _time =
        Gen.OneOf(Gen.Const((DateTimeOffset?)null), Gen.Long[0, DateTimeOffset.MaxValue.Ticks].Select(ticks => (DateTimeOffset?)new DateTimeOffset(ticks, TimeSpan.Zero)));

    [Fact]
    public void AnyItems_SurviveBeingWritten() =>
        Gen.Select(Gen.Bool, Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue], _time, Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue]).List[0, 40])
            .Sample((byKey, drawn) =>
            {
                var items = drawn.ConvertAll(item => byKey
                    ? new PendingItem(item.Item1, item.Item2, item.Item3) { Offset = item.Item4, Key = item.Item5 }
                    : new PendingItem(item.Item1, item.Item2, item.Item3));
                var unit = new WorkUnit(1, 2, items);
                Assert.Equal(items, JsonSerializer.Deserialize<WorkUnit>(JsonSerializer.Serialize(unit, FanoutJson.Options), FanoutJson.Options)!.Pending);
            });

    [Fact]
    public void ThousandItemsThatWait_TravelInAHistory()
    {
        var now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        var items = Enumerable.Range(0, 1_000).Select(i => new PendingItem(5_000_000 + (i * 7), 2, now.AddTicks(12_345_678L * (i % 60)))).ToList();
        var result = new BatchResult { End = BatchEnd.HandedBack, Next = 1, Pending = items, Tally = Tally.Zero };
        Assert.InRange(JsonSerializer.Serialize(result, FanoutJson.Options).Length, 1, ClaimCheck.MaxInlineBytes);
    }

    [Theory]
    [InlineData("""[{"index":1}]""")]
    [InlineData("\"AQ==\"")]
    [InlineData("\"no base 64\"")]
    public void AnythingElse_IsRefused(string pending) => Assert.ThrowsAny<JsonException>(() =>
        JsonSerializer.Deserialize<WorkUnit>($$"""{"start":1,"end":2,"pending":{{pending}}}""", FanoutJson.Options));

    [Fact]
    public void ItemsOfTwoKinds_AreRefused()
    {
        var byKey = new PendingItem(1, 0, null) { Key = 1, Offset = 2 };
        foreach (var other in new[] { new PendingItem(7, 0, null), byKey with { Index = 7, Offset = null }, byKey with { Index = 7, Key = null } })
        {
            var refused = Assert.Throws<JsonException>(() => JsonSerializer.Serialize(new WorkUnit(1, 2, [byKey, other]), FanoutJson.Options));
            Assert.StartsWith("Item 7 is unlike the others: of a run by key all have a key and an offset.", refused.Message, StringComparison.Ordinal);
        }
    }
}
