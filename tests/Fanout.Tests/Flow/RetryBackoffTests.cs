using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class RetryBackoffTests
{
    private static readonly RetrySpec Plain = new() { MaxAttempts = 10, FirstDelay = TimeSpan.FromSeconds(1), Backoff = 2, MaxDelay = TimeSpan.FromSeconds(10), Jitter = false };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(99, 10)]
    public void Delays_DoubleUpToTheLongest(int attempt, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryBackoff.Delay(Plain, attempt, null, 0.5));

    [Fact]
    public void Jitter_StaysBetweenHalfAndAllOfTheDelay() =>
        Gen.Select(Gen.Int[1, 100], Gen.Double[0, 0.999999]).Sample((attempt, random) =>
        {
            var full = RetryBackoff.Delay(Plain, attempt, null, random);
            var jittered = RetryBackoff.Delay(Plain with { Jitter = true }, attempt, null, random);
            Assert.InRange(jittered, full / 2, full);
        });

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.5, 3)]
    [InlineData(0.75, 3.5)]
    public void Jitter_TakesUpToHalfOff(double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryBackoff.Delay(Plain with { Jitter = true }, attempt: 3, null, random));

    [Fact]
    public void WhatTheDownstreamAsked_IsTheLeast()
    {
        Assert.Equal(TimeSpan.FromMinutes(2), RetryBackoff.Delay(Plain, 1, TimeSpan.FromMinutes(2), 0));
        Assert.Equal(TimeSpan.FromSeconds(1), RetryBackoff.Delay(Plain, 1, TimeSpan.FromMilliseconds(5), 0));
    }
}
