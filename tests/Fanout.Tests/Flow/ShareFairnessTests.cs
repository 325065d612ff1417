using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

/// <summary>Shares over time, in steps of 50 ms of virtual time: what a claimant had in the mean is its share.</summary>
public sealed class ShareFairnessTests
{
    private const double Step = 0.05;

    [Theory]
    [InlineData(20, 50, 1)]
    [InlineData(20, 50, 3)]
    [InlineData(1, 7, 1)]
    [InlineData(1, 7, 2)]
    [InlineData(3, 4, 2)]
    [InlineData(100, 7, 3)]
    public void FewPermits_GoRound_SoThatIn10SecondsEveryoneHasItsShare(int permits, int claims, int weights) =>
        AssertFair(permits, Claims(claims, weights, units: 1), seconds: 10);

    [Theory]
    [InlineData(20, 50, 1, 3)]
    [InlineData(20, 50, 2, 3)]
    [InlineData(7, 20, 1, 2)]
    [InlineData(5, 7, 3, 3)]
    [InlineData(10, 4, 1, 10)]
    public void Units_GoRound_SoThatIn30SecondsEveryoneHasItsShare(int permits, int claims, int weights, int units) =>
        AssertFair(permits, Claims(claims, weights, units), seconds: 30);

    [Fact]
    public void AnyClaimsToSinglePermits_HaveTheirSharesIn10Seconds() =>
        Gen.Select(Gen.Int[1, 30], Gen.Select(Gen.Double[1, 4], Gen.Int[1, 10]).Array[1, 20]).Sample(
            (permits, claims) => AssertFair(permits, [.. claims.Select(claim => new ShareClaim(claim.Item1, claim.Item2, 1, 0, 0))], seconds: 10, steps: 2),
            iter: 200);

    [Fact]
    public void AnyClaimsToUnits_HaveNineTenthsOfTheirSharesIn30Seconds_ThoughUnitsLeaveGaps() =>
        Gen.Select(Gen.Int[12, 40], Gen.Select(Gen.Double[1, 4], Gen.Int[1, 3]).Array[1, 20]).Sample(
            (permits, units) =>
            {
                ShareClaim[] claims = [.. units.Select(claim => new ShareClaim(claim.Item1, permits, claim.Item2, 0, 0))];
                var shares = ShareAllocator.Shares(permits, claims);
                Assert.All(Simulate(permits, claims, seconds: 30).Zip(shares), pair => Assert.True(pair.First > 0.9 * pair.Second, $"{pair.First} of {pair.Second}"));
            },
            iter: 100);

    [Theory]
    [InlineData(20, 10)]
    [InlineData(7, 5)]
    public void WhoHadEverythingBeforeOthersCame_HasItsShareOfTheNext10Seconds(int permits, int count)
    {
        var claims = Claims(count, weights: 1, units: 1);
        var shares = ShareAllocator.Shares(permits, claims);
        claims = [.. claims.Select((claim, i) => claim with { Granted = i == 0 ? permits : 0 })];
        for (var step = 0; step < 0.2 / Step; step++)
            claims = [.. claims.Select((claim, i) => claim with { Credit = ShareAllocator.Accrue(claim.Credit, shares[i], claim.Granted, Step) })];
        AssertFair(permits, claims, seconds: 10, steps: 4);
    }

    [Fact]
    public void LongItems_OnOnePermit_StarveNobody()
    {
        // Each keeps the permit for a minute, whatever it is granted meanwhile: far longer than credits count in full.
        var claims = Claims(7, weights: 1, units: 1);
        var turns = new int[claims.Length];
        for (var turn = 0; turn < 70; turn++)
        {
            var given = ShareAllocator.Allocate(1, claims);
            turns[Array.IndexOf(given, 1)]++;
            for (var second = 0; second < 60; second++)
                claims = [.. claims.Select((claim, i) => claim with { Granted = given[i], Credit = ShareAllocator.Accrue(claim.Credit, 1 / 7.0, given[i], 1) })];
        }

        Assert.All(turns, count => Assert.InRange(count, 9, 11));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void LimitSetMuchLower_StarvesNobody(int permits)
    {
        // For a minute one keeps all permits, of which the other should have half; then there is one permit.
        var had = 0.0;
        for (var second = 0; second < 60; second++)
            had = ShareAllocator.Accrue(had, permits / 2.0, permits, 1);
        var seconds = 0;
        while (had < 0)
        {
            had = ShareAllocator.Accrue(had, 0.5, 0, 1);
            seconds++;
        }

        Assert.InRange(seconds, 1, (2 * ShareAllocator.MostCredit) + 1);
    }

    [Fact]
    public void Credit_IsTheDifferenceBetweenShareAndGrant_WhileItIsSmall()
    {
        Assert.Equal(0.15, ShareAllocator.Accrue(0.1, 1.5, 1, 0.1), 9);
        Assert.Equal(0.05, ShareAllocator.Accrue(0.1, 1.5, 2, 0.1), 9);
        Assert.Equal(0.1, ShareAllocator.Accrue(0.1, 2, 2, 100), 9);
    }

    [Fact]
    public void Credit_GrowsWithEveryWait_ButEverLess() => Gen.Double[0.01, 10].Sample(share =>
    {
        var (credit, grew) = (0.0, double.MaxValue);
        for (var second = 0; second < 3_600; second++)
        {
            var next = ShareAllocator.Accrue(credit, share, 0, 1);
            Assert.InRange(next - credit, double.Epsilon, grew + 1e-9);
            (credit, grew) = (next, next - credit);
        }

        Assert.True(credit < ShareAllocator.MostCredit * Math.Max(1, share));
    });

    private static ShareClaim[] Claims(int count, int weights, int units) =>
        [.. Enumerable.Range(0, count).Select(i => new ShareClaim(1 + (i % weights), 10, 1 + (i % units), 0, 0))];

    private static void AssertFair(int permits, ShareClaim[] claims, int seconds, int steps = 1)
    {
        var shares = ShareAllocator.Shares(permits, claims);
        var means = Simulate(permits, claims, seconds);
        for (var i = 0; i < claims.Length; i++)
        {
            // Who has permits in turns may just have begun, or be about to begin, one: a step or two of its unit, whatever its share is.
            var turn = Math.Min(claims[i].Unit, permits) * steps * Step / seconds;
            Assert.InRange(means[i], Math.Min(shares[i] * 0.95, shares[i] - turn), Math.Max(shares[i] * 1.05, shares[i] + turn) + 1e-9);
            Assert.True(means[i] > 0);
        }
    }

    private static double[] Simulate(int permits, ShareClaim[] claims, int seconds)
    {
        var permitSeconds = new double[claims.Length];
        var shares = ShareAllocator.Shares(permits, claims);
        for (var step = 0; step < seconds / Step; step++)
        {
            var given = ShareAllocator.Allocate(permits, claims);
            for (var i = 0; i < given.Length; i++)
                permitSeconds[i] += given[i] * Step;
            claims = [.. claims.Select((claim, i) => claim with
            {
                Granted = given[i],
                Credit = ShareAllocator.Accrue(claim.Credit, shares[i], given[i], Step, claim.Unit),
            })];
        }

        return [.. permitSeconds.Select(sum => sum / seconds)];
    }
}
