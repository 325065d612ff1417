using CsCheck;
using Fanout.Flow;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Flow;

/// <summary>The adaptive limit against a downstream in virtual time: so many places, each item takes so long, the others queue.</summary>
public sealed class AdaptiveConcurrencyTests
{
    private const int Configured = 200;

    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(4, 20)]
    [InlineData(10, 200)]
    [InlineData(32, 5)]
    [InlineData(100, 50)]
    [InlineData(100, 500)]
    public void Downstream_IsKeptBusyWithoutALongQueue(int places, int milliseconds)
    {
        var run = new SimulatedRun(Configured);
        run.Work(places, milliseconds, TimeSpan.FromSeconds(120));
        AssertNearTheBest(run.Work(places, milliseconds, TimeSpan.FromSeconds(60)), places, milliseconds);
    }

    [Theory]
    [InlineData(10, 20, 50, 20)]
    [InlineData(50, 20, 10, 20)]
    [InlineData(20, 20, 20, 100)]
    [InlineData(20, 100, 20, 20)]
    public void DownstreamThatChanges_IsFollowed(int places, int milliseconds, int placesThen, int millisecondsThen)
    {
        var run = new SimulatedRun(Configured);
        run.Work(places, milliseconds, TimeSpan.FromSeconds(120));
        run.Work(placesThen, millisecondsThen, TimeSpan.FromSeconds(180));
        AssertNearTheBest(run.Work(placesThen, millisecondsThen, TimeSpan.FromSeconds(60)), placesThen, millisecondsThen);
    }

    [Fact]
    public void DownstreamWithoutEnd_IsUsedAsFarAsConfigured()
    {
        var run = new SimulatedRun(64);
        run.Work(10_000, 20, TimeSpan.FromSeconds(60));
        var (perSecond, _) = run.Work(10_000, 20, TimeSpan.FromSeconds(60));
        Assert.InRange(perSecond, 0.9 * 64 / 0.020, 64 / 0.020);
    }

    [Fact]
    public void AnySamples_StayWithinOneAndTheConfigured() =>
        Gen.Select(Gen.Int[1, 50], Gen.Select(Gen.Int[0, 2_000], Gen.Int[0, 60_000], Gen.Int[1, 60], Gen.Int[0, 9]).Array[1, 200]).Sample((most, samples) =>
        {
            var now = TimeSpan.Zero;
            var state = new AdaptiveState(now);
            foreach (var (pause, latency, inFlight, drop) in samples)
            {
                now += TimeSpan.FromMilliseconds(pause);
                state = drop == 0 ? state.Dropped() : state.Succeeded(now, TimeSpan.FromMilliseconds(latency), inFlight, most);
                Assert.InRange(state.Limit, 1, most);
            }
        });

    [Fact]
    public void LimitThatIsNotUsed_DoesNotGrow()
    {
        var now = TimeSpan.Zero;
        var state = new AdaptiveState(now);
        for (var i = 0; i < 1_000; i++, now += TimeSpan.FromMilliseconds(20))
            state = state.Succeeded(now, TimeSpan.FromMilliseconds(20), inFlight: 3, Configured);
        Assert.InRange(state.Limit, 3, 5);
    }

    [Fact]
    public void Drops_TakeATenthOffAWindow()
    {
        var time = new FakeTimeProvider();
        var changes = 0;
        var adaptive = new AdaptiveConcurrency(time, () => changes++);
        while (adaptive.Limit < 64)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            adaptive.NoteSuccess(TimeSpan.FromMilliseconds(10), adaptive.Limit, Configured);
        }

        Assert.Equal(6, changes);
        adaptive.NoteDrop();
        adaptive.NoteDrop();
        Assert.Equal((57, 7), (adaptive.Limit, changes));
    }

    [Theory]
    [InlineData(10, 100, true)]
    [InlineData(10, 99, false)]
    [InlineData(9, 100, false)]
    [InlineData(1, 1_000, true)]
    [InlineData(1, 999, false)]
    public void Window_IsOverAfterTenSamplesAndATenthOfASecond_OrAfterASecond(int samples, int milliseconds, bool isOver)
    {
        var state = new AdaptiveState(TimeSpan.Zero);
        for (var i = 1; i < samples; i++)
            state = state.Succeeded(TimeSpan.Zero, Usual, inFlight: 1, Configured);
        state = state.Succeeded(TimeSpan.FromMilliseconds(milliseconds), Usual, inFlight: 1, Configured);
        Assert.Equal(isOver ? 2 : 1, state.Limit);
    }

    [Fact]
    public void SlowStart_EndsWithADrop_AndTheLimitGrowsByItsRootSmoothed()
    {
        var windows = Windows.AfterSlowStart(8);
        windows.Drop();
        Assert.Equal(7, windows.Limit);
        Assert.Equal(7, windows.Pass(Usual));
        // 7.2 + 0.3 x sqrt(7.2)
        Assert.Equal(8, windows.Pass(Usual));
    }

    [Fact]
    public void ItemsFasterThanTheBase_LowerIt()
    {
        var windows = Windows.AfterSlowStart(8);
        windows.Drop();
        windows.Pass(Usual / 2);
        // The base is 0.85 of what it was: as slow as at first, they now queue. 7.2 + 0.3 x (7.2 x 1.1 x 0.85 - 7.2 + sqrt(7.2))
        Assert.Equal(7, windows.Pass(Usual));
    }

    [Fact]
    public void Limit_GrowsWhenFourFifthsOfItAreInUse_AndNotWhenFewer()
    {
        var windows = Windows.AfterSlowStart(4);
        windows.Pass(Usual * 2);
        while (windows.Limit < 5)
            windows.Pass(Usual);
        var others = windows with { };
        Assert.Equal(6, windows.Pass(Usual, inFlight: 4));
        Assert.Equal(5, others.Pass(Usual, inFlight: 3));
    }

    [Fact]
    public void EveryFiftyWindows_TheBaseIsMeasuredAnew_WithHalfInFlight()
    {
        var windows = Windows.AfterSlowStart(8);
        windows.Drop();
        for (var i = 1; i < AdaptiveState.WindowsPerProbe; i++)
            Assert.Equal(7, windows.Pass(Usual, inFlight: 1));
        Assert.Equal(3, windows.Pass(Usual, inFlight: 1));

        // What began before counts for nothing; what began just then does.
        Assert.Equal(3, windows.Pass(AdaptiveState.ShortestWindow + TimeSpan.FromTicks(1)));
        windows.Rewind();
        Assert.Equal(7, windows.Pass(AdaptiveState.ShortestWindow));
    }

    // Windows of ten items each that end together, and last as short as a window may.
    private sealed record Windows
    {
        private AdaptiveState _state = new(TimeSpan.Zero);
        private TimeSpan _now;

        public int Limit => _state.Limit;

        public static Windows AfterSlowStart(int limit)
        {
            var windows = new Windows();
            while (windows.Limit < limit)
                windows.Pass(Usual);
            Assert.Equal(limit, windows.Limit);
            return windows;
        }

        public void Drop() => _state = _state.Dropped();

        public void Rewind() => _now -= AdaptiveState.ShortestWindow;

        public int Pass(TimeSpan latency, int? inFlight = null)
        {
            _now += AdaptiveState.ShortestWindow;
            var most = inFlight ?? Limit;
            for (var i = 0; i < AdaptiveState.SamplesPerWindow; i++)
                _state = _state.Succeeded(_now, latency, most, Configured);
            return Limit;
        }
    }

    private static void AssertNearTheBest((double PerSecond, double Seconds) seen, int places, int milliseconds)
    {
        var best = places / (milliseconds / 1_000.0);
        Assert.True(seen.PerSecond >= 0.9 * best, $"{seen.PerSecond:0} a second of {best:0}");
        Assert.True(seen.Seconds <= 2 * milliseconds / 1_000.0, $"{seen.Seconds * 1_000:0} ms where {milliseconds} are enough");
    }

    // A run that always has items: as many are in flight as the limit lets.
    private sealed class SimulatedRun(int configured)
    {
        private readonly PriorityQueue<TimeSpan, TimeSpan> _inFlight = new();
        private AdaptiveState _state = new(TimeSpan.Zero);
        private TimeSpan _now;

        /// <summary>Items a second, and how long they took in the mean.</summary>
        public (double PerSecond, double Seconds) Work(int places, int milliseconds, TimeSpan time)
        {
            var free = new PriorityQueue<TimeSpan, TimeSpan>(Enumerable.Repeat((_now, _now), places));
            var (end, count, sum) = (_now + time, 0, 0.0);
            while (_now < end)
            {
                while (_inFlight.Count < _state.Limit)
                {
                    var from = free.Dequeue();
                    var done = (from > _now ? from : _now) + TimeSpan.FromMilliseconds(milliseconds);
                    free.Enqueue(done, done);
                    _inFlight.Enqueue(_now, done);
                }

                var inFlight = _inFlight.Count;
                _inFlight.TryDequeue(out var began, out _now);
                _state = _state.Succeeded(_now, _now - began, inFlight, configured);
                Assert.InRange(_state.Limit, 1, configured);
                count++;
                sum += (_now - began).TotalSeconds;
            }

            return (count / time.TotalSeconds, sum / count);
        }
    }
}
