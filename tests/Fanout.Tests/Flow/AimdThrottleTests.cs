using CsCheck;
using Fanout.Flow;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class AimdThrottleTests
{
    private static readonly Gen<TimeSpan> Pause = Gen.Int[0, 5_000].Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static readonly Gen<(int Action, TimeSpan Pause, TimeSpan? RetryAfter)> Step = Gen.Select(
        Gen.Int[0, 2], Pause, Gen.Int[-1, 20].Select(seconds => seconds < 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void AnyHistory_StaysWithinBoundsRisesWithoutThrottlesAndIsOverInTime() =>
        Step.Array[1, 60].Sample(steps =>
        {
            var (state, now) = (default(AimdState), TimeSpan.Zero);
            foreach (var (action, pause, retryAfter) in steps)
            {
                var before = state.FactorAt(now);
                now += pause;
                Assert.True(state.FactorAt(now) >= before, "time alone makes it no worse");
                before = state.FactorAt(now);
                state = action switch
                {
                    0 => state.Throttled(now, retryAfter),
                    1 => state.Succeeded(now),
                    _ => state.Advance(now),
                };
                Assert.InRange(state.FactorAt(now), AimdState.Floor, 1);
                Assert.True(action == 0 ? state.FactorAt(now) <= before : state.FactorAt(now) >= before);
                Assert.Equal(state.FactorAt(now) < 1, state.Advance(now).IsActive);
            }

            var over = now + state.BlockedFor(now) + TimeSpan.FromSeconds(100);
            Assert.Equal(1, state.FactorAt(over));
            Assert.Equal(default, state.Advance(over));
        });

    [Fact]
    public void SuccessesAllTheTime_RecoverInTenSeconds() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 1_000]).Sample((throttles, everyMilliseconds) =>
        {
            var (state, now) = (default(AimdState), TimeSpan.Zero);
            for (var i = 0; i < throttles; i++, now += AimdState.DecreaseInterval)
                state = state.Throttled(now, null);
            var end = now + TimeSpan.FromSeconds(10 + 1);
            for (var factor = state.FactorAt(now); now < end; now += TimeSpan.FromMilliseconds(everyMilliseconds))
            {
                state = state.Succeeded(now);
                Assert.InRange(state.FactorAt(now), factor, factor + (AimdState.RecoveryPerSecond * (everyMilliseconds + 1_000) / 1_000));
                factor = state.FactorAt(now);
            }

            Assert.Equal(default, state);
        });

    [Fact]
    public void RareSuccess_BringsInOneSecond()
    {
        var state = default(AimdState).Throttled(TimeSpan.Zero, null);
        state = state.Succeeded(TimeSpan.FromSeconds(11));
        Assert.Equal(0.5 + 0.1 + (10 * 0.01), state.FactorAt(TimeSpan.FromSeconds(11)), 9);
    }

    [Fact]
    public void Success_BringsInTheTimeSinceTheLastOne()
    {
        var state = default(AimdState).Throttled(TimeSpan.FromSeconds(10), null);
        state = state.Succeeded(TimeSpan.FromSeconds(10.5));
        Assert.Equal(0.5 + 0.05, state.FactorAt(TimeSpan.FromSeconds(10.5)), 9);
        state = state.Succeeded(TimeSpan.FromSeconds(11.5));
        Assert.Equal(0.5 + 0.15, state.FactorAt(TimeSpan.FromSeconds(11.5)), 9);
    }

    [Fact]
    public void AfterABlock_NothingIsBlocked_ThoughItIsStillSlowedDown()
    {
        var state = default(AimdState).Throttled(TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal((true, TimeSpan.Zero), (state.IsActive, state.BlockedFor(TimeSpan.FromSeconds(7))));
        Assert.Equal(TimeSpan.Zero, default(AimdState).BlockedFor(TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void SuccessRightAfterAnother_IsCreditedWithTheNext()
    {
        var time = new FakeTimeProvider();
        var throttle = new AimdThrottle(time);
        throttle.NoteThrottled(null);
        Assert.Equal(0.502, After(20), 5);
        // The time counts as idle until a success brings it in.
        Assert.Equal(0.5021, After(10), 5);
        Assert.Equal(0.504, After(10), 5);

        double After(int milliseconds)
        {
            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            throttle.NoteSuccess();
            return throttle.Factor;
        }
    }

    [Fact]
    public void Blocks_UntilTheLatestRetryAfterExactly() =>
        Gen.Select(Pause, Gen.Int[0, 20_000]).Array[1, 20].Sample(throttles =>
        {
            var (state, now, end) = (default(AimdState), TimeSpan.Zero, TimeSpan.Zero);
            foreach (var (pause, milliseconds) in throttles)
            {
                now += pause;
                var retryAfter = TimeSpan.FromMilliseconds(milliseconds);
                state = state.Throttled(now, retryAfter);
                end = now + retryAfter > end ? now + retryAfter : end;
                Assert.Equal(end - now, state.BlockedFor(now));
            }

            Assert.Equal(TimeSpan.Zero, state.BlockedFor(end));
            Assert.Equal(state.FactorAt(now), state.Succeeded(end).FactorAt(end));
        });

    [Fact]
    public void Volley_CountsOnce() =>
        Gen.Int[0, 999].Array[0, 50].Sample(milliseconds =>
        {
            var state = default(AimdState).Throttled(TimeSpan.Zero, null);
            foreach (var at in milliseconds.Order())
                state = state.Throttled(TimeSpan.FromMilliseconds(at), null);
            Assert.InRange(state.FactorAt(TimeSpan.FromMilliseconds(999)), 0.5, 0.52);
            state = state.Throttled(AimdState.DecreaseInterval, null);
            Assert.InRange(state.FactorAt(AimdState.DecreaseInterval), 0.25, 0.26);
        });

    [Fact]
    public void ThrottlesWhileBlocked_DoNotHalveAgain()
    {
        var state = default(AimdState).Throttled(TimeSpan.Zero, TimeSpan.FromSeconds(30));
        state = state.Throttled(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1));
        Assert.Equal(0.5, state.FactorAt(TimeSpan.FromSeconds(20)));
        Assert.Equal(TimeSpan.FromSeconds(10), state.BlockedFor(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void AbsurdRetryAfter_IsBounded()
    {
        Assert.Equal(AimdState.LongestBlock, default(AimdState).Throttled(TimeSpan.Zero, TimeSpan.MaxValue).BlockedFor(TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, default(AimdState).Throttled(TimeSpan.Zero, TimeSpan.MinValue).BlockedFor(TimeSpan.Zero));
    }

    [Fact]
    public void Throttle_CapsAndRecovers()
    {
        var time = new FakeTimeProvider();
        var throttle = new AimdThrottle(time);
        Assert.False(throttle.IsActive);
        Assert.Equal((1, 64), (throttle.Factor, throttle.Cap(64)));

        throttle.NoteThrottled(TimeSpan.FromSeconds(5));
        Assert.True(throttle.IsActive);
        Assert.Equal((TimeSpan.FromSeconds(5), 32, 1), (throttle.BlockedFor, throttle.Cap(64), throttle.Cap(1)));

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, throttle.BlockedFor);
        for (var i = 0; i < 51; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            throttle.NoteSuccess();
        }

        Assert.False(throttle.IsActive);
        Assert.Equal(64, throttle.Cap(64));
    }
}
