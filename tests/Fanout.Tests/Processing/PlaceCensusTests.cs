using CsCheck;
using Fanout.Processing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PlaceCensusTests
{
    private static readonly RunSituation Busy = new() { Concurrency = 10, Left = 1_000, Reach = int.MaxValue, ItemsInHandlers = 4, UnitsInHandlers = 4, Cap = 10 };

    public static TheoryData<string, object, string> Situations => new()
    {
        { "all in handlers", Busy with { ItemsInHandlers = 10, UnitsInHandlers = 10 }, "handlers 10" },
        { "batches starting", Busy, "handlers 4, engine 6" },
        { "not counted yet", Busy with { Left = null, ItemsInHandlers = 0, UnitsInHandlers = 0 }, "source 10" },
        { "paused", Busy with { IsPaused = true, PaceCause = "rate" }, "handlers 4, paused 6" },
        { "rate", Busy with { PaceCause = "rate" }, "handlers 4, rate 6" },
        { "pace of a limit", Busy with { PaceCause = "limit x" }, "handlers 4, limit x 6" },
        { "cap", Busy with { Cap = 7, CapCause = "limit x" }, "handlers 4, limit x 3, engine 3" },
        { "cap lowered below what is in flight", Busy with { Cap = 1, CapCause = "back-off" }, "handlers 4, back-off 6" },
        { "cap that holds more items than are left", Busy with { Left = 5, Cap = 7, CapCause = "adaptive" }, "handlers 4, engine 1" },
        { "cap and rate", Busy with { Cap = 7, CapCause = "limit x", PaceCause = "rate" }, "handlers 4, limit x 3, rate 3" },
        { "only retries left", Busy with { Left = 7, WaitingForRetry = 3 }, "handlers 4, retry back-off 3" },
        { "some retries and some items", Busy with { Left = 8, WaitingForRetry = 2 }, "handlers 4, retry back-off 2, engine 2" },
        { "retries and fewer items than places", Busy with { Left = 12, WaitingForRetry = 5 }, "handlers 4, retry back-off 3, engine 3" },
        { "too many retries to take more", Busy with { WaitingForRetry = 900, RetriesAreFull = true }, "handlers 4, retry back-off 6" },
        { "keys", Busy with { WaitingForKey = 50 }, "handlers 4, key 6" },
        { "few keys", Busy with { WaitingForKey = 2 }, "handlers 4, key 2, engine 4" },
        { "reader", Busy with { WaitingForSource = 5 }, "handlers 4, source 5, engine 1" },
        { "last items", Busy with { Left = 1, ItemsInHandlers = 1, UnitsInHandlers = 1 }, "handlers 1" },
        { "nothing left", Busy with { Left = 0, ItemsInHandlers = 0, UnitsInHandlers = 0 }, "engine 1" },
        { "ending", Busy with { IsEnding = true, PaceCause = "rate", IsPaused = true }, "handlers 4" },
        { "ended but for the report", Busy with { IsEnding = true, ItemsInHandlers = 0, UnitsInHandlers = 0, IsPaused = true }, "engine 1" },
        { "handlers that keep a processor busy each", Busy with { Reach = 4 }, "handlers 4" },
        { "costly items", Busy with { Left = 2, ItemsInHandlers = 1, UnitsInHandlers = 8 }, "handlers 8, engine 1" },
        { "an item that costs more than all places", Busy with { ItemsInHandlers = 1, UnitsInHandlers = 12 }, "handlers 12" },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    public void EachPlace_HasOneCause(string name, object situation, string expected) =>
        Assert.Equal((name, expected), (name, string.Join(", ", PlaceCensus.Of((RunSituation)situation).Select(count => $"{count.Cause} {count.Places}"))));

    [Fact]
    public void Places_AreAllCountedAndNeverMoreThanTheRunHas()
    {
        var situations =
            from numbers in Gen.Int[0, 200].Array[7]
            from flags in Gen.Bool.Array[5]
            select new RunSituation
            {
                Concurrency = numbers[0] + 1,
                Left = flags[0] ? numbers[1] : null,
                Reach = numbers[2] + 1,
                ItemsInHandlers = Math.Min(numbers[3], numbers[0] + 1),
                UnitsInHandlers = Math.Min(numbers[3], numbers[0] + 1),
                Cap = numbers[4],
                CapCause = flags[1] ? "limit x" : null,
                IsPaused = flags[2],
                IsEnding = flags[3],
                PaceCause = flags[4] ? "rate" : null,
                WaitingForRetry = numbers[5],
                WaitingForKey = numbers[6],
            };
        situations.Sample(run =>
        {
            var census = PlaceCensus.Of(run);
            Assert.All(census, count => Assert.InRange(count.Places, 1, run.Concurrency));
            Assert.InRange(census.Sum(count => count.Places), 1, run.Concurrency);
            Assert.Equal(run.UnitsInHandlers, census.Where(count => count.Cause == "handlers").Sum(count => count.Places));
        });
    }
}
