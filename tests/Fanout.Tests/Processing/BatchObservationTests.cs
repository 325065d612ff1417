using Fanout.Processing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class BatchObservationTests
{
    private static readonly DateTimeOffset Early = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Late = Early.AddSeconds(1);

    [Fact]
    public void Observations_AddUp()
    {
        var one = Observation(1);
        var sum = one + Observation(100);
        Assert.Equal(Observation(101), sum);
        Assert.Equal(one, one + default(BatchObservation));
    }

    [Fact]
    public void FirstRetry_IsTheEarliestOfAny()
    {
        var (early, late, none) = (default(BatchObservation) with { NextRetry = Early }, default(BatchObservation) with { NextRetry = Late }, default(BatchObservation));
        Assert.Equal([Early, Early, Early, Early, Late], new[] { early + late, late + early, early + none, none + early, none + late }.Select(sum => sum.NextRetry!.Value));
        Assert.Null((none + none).NextRetry);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void WhatIsTrueOfOne_IsTrueOfAll(bool left, bool right, bool both)
    {
        var sum = new BatchObservation { RetriesAreFull = left, WaitsForPace = left } + new BatchObservation { RetriesAreFull = right, WaitsForPace = right };
        Assert.Equal((both, both), (sum.RetriesAreFull, sum.WaitsForPace));
    }

    private static BatchObservation Observation(int n) => new()
    {
        Settled = new Counts(n, 2 * n, 3 * n, 4 * n),
        InFlight = 5 * n,
        UnitsInFlight = 6 * n,
        WaitingForRetry = 7 * n,
        NotDue = 8 * n,
        WaitedForPace = TimeSpan.FromTicks(9 * n),
        WaitingForKey = 10 * n,
        WaitingForSource = 11 * n,
        Reach = 12 * n,
        Retries = 13 * n,
    };
}
