using Fanout.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Telemetry;

public sealed class ItemSamplingTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(null, 100)]
    [InlineData("", 100)]
    [InlineData("10/s", 100)]
    [InlineData("1/s", 10)]
    [InlineData("all", 1_000)]
    [InlineData("none", 0)]
    public void Rate_IsWhatIsTakenHoweverManyItemsThereAre(string? text, int expected)
    {
        var sampling = ItemSampling.Parse(text, _time);
        Assert.Equal(expected > 0, sampling.TakesAny);
        var taken = 0;
        for (var item = 0; item < 1_000; item++)
        {
            taken += sampling.Takes() ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(expected, taken);
    }

    [Fact]
    public void ItemsOfOneMoment_AreTakenOnce()
    {
        var sampling = ItemSampling.Parse("10/s", _time);
        var taken = 0;
        Parallel.For(0, 1_000, _ =>
        {
            if (sampling.Takes())
                Interlocked.Increment(ref taken);
        });
        Assert.Equal(1, taken);
    }

    [Fact]
    public void WhatIsNoRate_IsRefused() => Assert.Throws<FormatException>(() => ItemSampling.Parse("often", _time));
}
