using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class LargestRemainderTests
{
    private static readonly Gen<long[]> Weights = Gen.OneOf(Gen.Long[0, 10], Gen.Long[0, long.MaxValue / 32]).Array[1, 16];

    [Fact]
    public void Percents_AddUpToExactlyAHundred() => Weights.Sample(weights =>
        Assert.Equal(weights.Any(weight => weight > 0) ? 100 : 0, LargestRemainder.Percents(weights).Sum()));

    [Fact]
    public void Percents_AreLessThanOneAwayFromTheExactShares() => Weights.Where(weights => weights.Any(weight => weight > 0)).Sample(weights =>
    {
        var total = weights.Sum(weight => (decimal)weight);
        Assert.All(LargestRemainder.Percents(weights).Zip(weights), pair => Assert.True(Math.Abs(pair.First - (100 * (pair.Second / total))) < 1));
    });

    [Fact]
    public void HeavierWeights_NeverGetLess() => Weights.Sample(weights =>
    {
        var percents = LargestRemainder.Percents(weights).Zip(weights).OrderBy(pair => pair.Second).Select(pair => pair.First).ToList();
        Assert.All(percents.Zip(percents.Skip(1)), pair => Assert.True(pair.First <= pair.Second + 1));
    });

    [Fact]
    public void Thirds_GiveTheMissingOneToTheFirst() => Assert.Equal([34, 33, 33], LargestRemainder.Percents([1, 1, 1]));

    [Fact]
    public void OfThoseThatLostAsMuch_TheHeavierGetsTheMissingOne() => Assert.Equal([0, 2, 98], LargestRemainder.Percents([1, 3, 196]));
}
