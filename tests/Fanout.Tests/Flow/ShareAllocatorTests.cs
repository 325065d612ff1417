using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class ShareAllocatorTests
{
    private static readonly Gen<int> Capacities = Gen.OneOf(Gen.Int[0, 12], Gen.Int[0, 1_000]);

    [Fact]
    public void Shares_AddUpToTheCapacityOrToAllThatIsWanted() => Any().Sample((capacity, claims) =>
    {
        var shares = ShareAllocator.Shares(capacity, claims);
        Assert.All(shares.Zip(claims), pair => Assert.InRange(pair.First, 0, pair.Second.Wanted));
        Assert.Equal(Math.Min(capacity, claims.Sum(claim => (long)claim.Wanted)), shares.Sum(), 6);
    });

    [Fact]
    public void Shares_AreWeightedMaxMinFair() => Any().Sample((capacity, claims) =>
    {
        var shares = ShareAllocator.Shares(capacity, claims);
        for (var i = 0; i < claims.Length; i++)
        {
            if (shares[i] >= claims[i].Wanted - 1e-6)
                continue;
            // It could have more only by taking from somebody who, for its weight, has no more than it.
            for (var j = 0; j < claims.Length; j++)
                Assert.True(shares[j] / claims[j].Weight <= (shares[i] / claims[i].Weight * (1 + 1e-9)) + 1e-9);
        }
    });

    [Fact]
    public void Shares_DoNotDependOnTheOrder() => Gen.Select(Any(), Gen.Int[0, 1_000_000]).Sample((any, seed) =>
    {
        var order = Enumerable.Range(0, any.Item2.Length).ToArray();
        new Random(seed).Shuffle(order);
        var shares = ShareAllocator.Shares(any.Item1, any.Item2);
        var shuffled = ShareAllocator.Shares(any.Item1, [.. order.Select(i => any.Item2[i])]);
        Assert.Equal(order.Select(i => shares[i]), shuffled);
    });

    [Theory]
    [InlineData(10, new[] { 1.0, 1, 1 }, new[] { 2, 8, 8 }, new[] { 2.0, 4, 4 })]
    [InlineData(12, new[] { 1.0, 2, 3 }, new[] { 12, 12, 12 }, new[] { 2.0, 4, 6 })]
    [InlineData(12, new[] { 1.0, 2, 3 }, new[] { 12, 12, 1 }, new[] { 11 / 3.0, 22 / 3.0, 1 })]
    [InlineData(1, new[] { 1.0, 1 }, new[] { 1, 0 }, new[] { 1.0, 0 })]
    [InlineData(0, new[] { 1.0, 1 }, new[] { 1, 1 }, new[] { 0.0, 0 })]
    public void Shares_OfSmallCases(int capacity, double[] weights, int[] wanted, double[] expected) =>
        Assert.Equal(expected, ShareAllocator.Shares(capacity, [.. weights.Zip(wanted, (weight, want) => new ShareClaim(weight, want, 1, 0, 0))]), (a, b) => Math.Abs(a - b) < 1e-9);

    [Fact]
    public void Allocation_IsNeverOverTheCapacityNorOverWhatIsWantedNorUnderAUnit() => Any().Sample((capacity, claims) =>
    {
        var given = ShareAllocator.Allocate(capacity, claims);
        Assert.True(given.Sum() <= capacity);
        Assert.All(given.Zip(claims), pair =>
        {
            var unit = Math.Min(pair.Second.Unit, capacity);
            if (pair.First != 0)
                Assert.InRange(pair.First, unit, pair.Second.Wanted == 0 ? 0 : Math.Max(unit, pair.Second.Wanted));
        });
    });

    [Fact]
    public void Allocation_LeavesNothingThatIsWantedAndFits() => Any().Sample((capacity, claims) =>
    {
        var given = ShareAllocator.Allocate(capacity, claims);
        var left = capacity - given.Sum();
        Assert.All(given.Zip(claims), pair =>
        {
            var (had, claim) = pair;
            var unit = Math.Min(claim.Unit, capacity);
            Assert.True(left == 0 || claim.Wanted == 0 || (had == 0 ? unit > left : had >= Math.Max(claim.Wanted, unit)), $"{left} left, {claim} has {had}");
        });
    });

    [Fact]
    public void Allocation_OfSinglePermits_UsesAllThereIs() => Any(mostUnits: 1).Sample((capacity, claims) =>
        Assert.Equal(Math.Min(capacity, claims.Sum(claim => (long)claim.Wanted)), ShareAllocator.Allocate(capacity, claims).Sum()));

    [Fact]
    public void Allocation_OfSinglePermits_IsWithinOneOfTheShare() => Any(mostUnits: 1).Sample((capacity, claims) =>
    {
        var shares = ShareAllocator.Shares(capacity, claims);
        Assert.All(ShareAllocator.Allocate(capacity, claims).Zip(shares), pair => Assert.InRange(pair.First, Math.Floor(pair.Second + 1e-9), Math.Ceiling(pair.Second - 1e-9)));
    });

    [Fact]
    public void Allocation_OfSinglePermits_WithoutCredits_StaysAsItIs() => Any(mostUnits: 1).Sample((capacity, claims) =>
    {
        var given = Again(capacity, [.. claims.Select(claim => claim with { Credit = 0 })]);
        Assert.Equal(given.Select(claim => claim.Granted), Again(capacity, given).Select(claim => claim.Granted));
    });

    [Fact]
    public void Allocation_OfUnits_WithoutCredits_SettlesAtOnce() => Any().Sample((capacity, claims) =>
    {
        var given = Again(capacity, Again(capacity, [.. claims.Select(claim => claim with { Credit = 0 })]));
        Assert.Equal(given.Select(claim => claim.Granted), Again(capacity, given).Select(claim => claim.Granted));
    });

    [Fact]
    public void Permit_ChangesHandsWhenAnotherIsFurtherBehindByAQuantum()
    {
        const double share = 0.5;
        ShareClaim[] Claims(double behind) => [new(1, 1, 1, 1, 0), new(1, 1, 1, 0, behind * share)];
        Assert.Equal([1, 0], ShareAllocator.Allocate(1, Claims(ShareAllocator.TurnQuantum * 0.99)));
        Assert.Equal([0, 1], ShareAllocator.Allocate(1, Claims(ShareAllocator.TurnQuantum * 1.01)));
    }

    [Fact]
    public void Unit_OverTheCapacity_RunsAlone() => Assert.Equal([4, 0], ShareAllocator.Allocate(4, [new(1, 9, 7, 0, 1), new(1, 9, 1, 4, -1)]));

    [Theory]
    [InlineData(0.3, 0, true)]
    [InlineData(0, 0, false)]
    [InlineData(-0.3, 0, false)]
    [InlineData(-0.3, 4, true)]
    [InlineData(-0.9, 4, false)]
    public void UnitsOverTheShare_AreForWhoIsBehind_OrHasThemAndIsNotAheadByAQuantum(double credit, int granted, bool hasThem) =>
        Assert.Equal(hasThem ? [2, 4] : [6, 0], ShareAllocator.Allocate(6, [new(1, 10, 1, 6 - granted, 0), new(1, 4, 4, granted, credit)]));

    [Fact]
    public void OfEquals_WhoHasNoWholePermit_ComesFirst() => Assert.Equal([2, 1], ShareAllocator.Allocate(3, [new(5, 9, 1, 0, 0), new(1, 9, 1, 0, 0)]));

    [Theory]
    [InlineData(0, 5, 2, 1, 1, 1)]
    [InlineData(0, 5, 2, 0.25, 2, 0.5)]
    [InlineData(0, 2, 5, 1, 1, -1)]
    [InlineData(0, 2.25, 2, 1, 1, 0.25)]
    [InlineData(15, 5, 2, 1, 1, 16)]
    [InlineData(20, 5, 2, 1, 1, 20.716531)]
    [InlineData(-20, 2, 5, 1, 1, -20.716531)]
    [InlineData(-20, 5, 2, 1, 1, -19)]
    [InlineData(16, 1, 0, 1, 4, 16.716531)]
    [InlineData(149.999, 5, 2, 100, 1, 150)]
    [InlineData(-149.999, 2, 5, 100, 1, -150)]
    public void Credit_CountsInFullAtFirst_AndEverLessLater(double credit, double share, int granted, double seconds, int unit, double expected) =>
        Assert.Equal(expected, ShareAllocator.Accrue(credit, share, granted, seconds, unit), 6);

    [Fact]
    public void TimeThatRunsBackwards_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => ShareAllocator.Accrue(0, 1, 1, -1));

    private static ShareClaim[] Again(int capacity, ShareClaim[] claims) =>
        [.. ShareAllocator.Allocate(capacity, claims).Zip(claims, (granted, claim) => claim with { Granted = granted })];

    private static Gen<(int Capacity, ShareClaim[] Claims)> Any(int mostUnits = 20) => Gen.Select(Capacities, Claim(mostUnits).Array[0, 12]);

    private static Gen<ShareClaim> Claim(int mostUnits) => Gen.Select(
        Gen.OneOf(Gen.Const(1.0), Gen.Double[0.001, 1_000]), Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 1_000]), Gen.Int[1, mostUnits], Gen.Int[0, 100], Gen.Double[-5, 5],
        (weight, wanted, unit, granted, credit) => new ShareClaim(weight, wanted, unit, granted, credit));
}
