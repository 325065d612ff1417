using System.Text.Json;
using CsCheck;
using Fanout.Results;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Tests.Model;

public sealed class TallyTests
{
    private static readonly SumReduction Sum = new();

    /// <summary>Many more kinds of errors than groups are kept, most of them differing in what a pattern keeps.</summary>
    private static readonly Gen<ItemError> Errors = Gen.Select(Gen.Int[0, 5], Gen.Char['a', 'z'], Gen.Char['a', 'z'], Gen.Int[0, 9])
        .Select((type, first, second, number) => new ItemError($"Type{type}", $"{first}{second} went wrong {number} times"));

    private static readonly Gen<Outcome> Outcomes = Gen.Select(Gen.Enum<OutcomeStatus>(), Gen.Int[1, 4], Errors, Gen.Decimal[-1e9m, 1e9m])
        .Select((status, attempts, error, output) => new Outcome(status, attempts, error, output));

    private static readonly Gen<Tally> Tallies = Gen.Select(Outcomes.Array[0, 120], Gen.Long[0, 1_000_000]).Select((outcomes, first) => Count(outcomes, first));

    [Fact]
    public void Merge_IsAssociative() =>
        Gen.Select(Tallies, Tallies, Tallies).Sample((a, b, c) =>
            Tally.Merge(Tally.Merge(a, b, Sum), c, Sum).Equals(Tally.Merge(a, Tally.Merge(b, c, Sum), Sum)));

    [Fact]
    public void Merge_IsCommutative() =>
        Gen.Select(Tallies, Tallies).Sample((a, b) => Tally.Merge(a, b, Sum).Equals(Tally.Merge(b, a, Sum)));

    [Fact]
    public void Zero_IsNeutral() =>
        Tallies.Sample(tally => Tally.Merge(tally, Tally.Zero, Sum).Equals(tally) && Tally.Merge(Tally.Zero, tally, Sum).Equals(tally));

    [Fact]
    public void AnyTree_GivesTheTallyOfOneBatch() =>
        Gen.Select(Outcomes.Array[0, 300], Gen.Int[0, int.MaxValue]).Sample((outcomes, seed) =>
        {
            var whole = Count(outcomes, 0);
            Assert.Equal(whole, CountByTree(outcomes, 0, outcomes.Length, new Random(seed)));
        });

    [Fact]
    public void GroupsKept_HaveExactCounts() =>
        Outcomes.Array[0, 300].Sample(outcomes =>
        {
            var tally = Count(outcomes, 0);
            foreach (var group in tally.Errors)
            {
                var alike = outcomes.Index().Where(o => o.Item.Status != OutcomeStatus.Succeeded
                    && o.Item.Error.Type == group.Type && Pattern(o.Item.Error.Message) == group.Pattern).ToList();
                Assert.Equal(alike.Count, group.Count);
                Assert.Equal((alike[0].Index, alike[0].Item.Error.Message), ((int)group.ExampleIndex, group.ExampleMessage));
            }

            Assert.InRange(tally.Errors.Count, 0, Tally.MaxErrorGroups);
            Assert.Equal(tally.Errors.Count == Tally.MaxErrorGroups ? tally.OtherErrors : 0, tally.OtherErrors);
        });

    [Fact]
    public void GoingOnFromACheckpoint_GivesTheTallyOfOneBatch() =>
        Gen.Select(Outcomes.Array[0, 200], Outcomes.Array[0, 200]).Sample((before, after) =>
        {
            var resumed = new TallyBuilder(Sum, RoundTrip(Count(before, 0)));
            Add(resumed, after, before.Length);
            Assert.Equal(Count([.. before, .. after], 0), resumed.ToTally());
        });

    [Fact]
    public void LongestTally_StaysUnder14KiBAndSurvivesJson() =>
        Gen.String[Gen.Char, 100, 400].Array[2, 80].Sample(texts =>
        {
            var builder = new TallyBuilder();
            foreach (var (index, text) in texts.Index())
            {
                builder.Add(OutcomeStatus.Failed, 1);
                builder.AddError(index + 1_000_000_000_000, new ItemError(text + text, text));
            }

            var tally = builder.ToTally();
            Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(tally, FanoutJson.Options).Length, 0, 14 * 1024);
            Assert.Equal(tally, RoundTrip(tally));
            Assert.Equal(tally, Tally.Merge(Tally.Zero, RoundTrip(tally), null));
        });

    [Fact]
    public void MergingReducedStateWithoutItsReduction_IsRefused() =>
        Assert.Throws<ArgumentNullException>(() => Tally.Merge(new Tally { Reduced = "1" }, Tally.Zero, null));

    private static Tally CountByTree(Outcome[] outcomes, int start, int end, Random random)
    {
        if (end - start <= 1 || random.Next(6) == 0)
            return RoundTrip(Count(outcomes[start..end], start));
        var cut = random.Next(start, end + 1);
        var (left, right) = (CountByTree(outcomes, start, cut, random), CountByTree(outcomes, cut, end, random));
        return random.Next(2) == 0 ? Tally.Merge(left, right, Sum) : Tally.Merge(right, left, Sum);
    }

    private static Tally Count(Outcome[] outcomes, long firstIndex)
    {
        var builder = new TallyBuilder(Sum);
        // Every tally of the trees below has a sum, as an empty branch has none and an empty batch need not.
        Add(builder, outcomes, firstIndex);
        var tally = builder.ToTally();
        return tally with { Reduced = tally.Reduced ?? "0" };
    }

    private static void Add(TallyBuilder builder, Outcome[] outcomes, long firstIndex)
    {
        foreach (var (offset, outcome) in outcomes.Index())
        {
            builder.Add(outcome.Status, outcome.Attempts);
            if (outcome.Status == OutcomeStatus.Succeeded)
                builder.Reduce(JsonSerializer.SerializeToUtf8Bytes(outcome.Output));
            else
                builder.AddError(firstIndex + offset, outcome.Error);
        }
    }

    private static string Pattern(string message)
    {
        Span<char> buffer = stackalloc char[ErrorGroupText.MaxPatternBytes];
        return buffer[..ErrorGroupPattern.Write(message, buffer)].ToString();
    }

    private static Tally RoundTrip(Tally tally) =>
        JsonSerializer.Deserialize<Tally>(JsonSerializer.Serialize(tally, FanoutJson.Options), FanoutJson.Options)!;

    private sealed record Outcome(OutcomeStatus Status, int Attempts, ItemError Error, decimal Output);
}
