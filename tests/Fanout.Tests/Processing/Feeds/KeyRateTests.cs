using CsCheck;
using Fanout.Flow;
using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Feeds;

public sealed class KeyRateTests
{
    [Fact]
    public void OneKey_IsPacedAsByAPacer() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 86_400], Gen.Int[1, 20], Gen.Int[0, 3_000_000].Array[1, 60]).Sample((count, seconds, burst, steps) =>
        {
            var time = new FakeTimeProvider();
            var rate = new Rate(count, TimeSpan.FromSeconds(seconds));
            var pacer = new Pacer(time, rate, burst);
            var ofKeys = new KeyRate(new PerKeySpec("") { Rate = rate, Burst = burst });
            Int128 arrival = 0;
            Int128 now = 0;
            foreach (var step in steps)
            {
                time.Advance(TimeSpan.FromTicks(step));
                now += (Int128)step * KeyRate.UnitsPerTick;
                var conforms = ofKeys.Due(arrival) <= now;
                Assert.Equal(pacer.TryTake(out _), conforms);
                if (conforms)
                    arrival = ofKeys.After(arrival, now, 1);
            }
        });

    [Fact]
    public void StartThatWasHeldUp_CountsFromWhenItCame()
    {
        var rate = new KeyRate(new PerKeySpec("") { Rate = new Rate(1, TimeSpan.FromSeconds(1)), Burst = 1 });
        Int128 second = TimeSpan.TicksPerSecond * (Int128)KeyRate.UnitsPerTick;
        var arrival = rate.After(0, 0, 1);
        Assert.Equal(second, rate.Due(arrival));
        Assert.Equal(5 * second, rate.Due(rate.Late(arrival, 4 * second, 1)));
    }
}
