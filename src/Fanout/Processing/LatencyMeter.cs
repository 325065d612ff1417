using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>How long attempts took that ended in the last five seconds, and in what of this second has passed. Not thread-safe.</summary>
internal sealed class LatencyMeter
{
    private const int WindowSeconds = 5;

    private readonly LatencyCounts[] _seconds = [.. Enumerable.Range(0, WindowSeconds + 1).Select(_ => new LatencyCounts())];
    private long _now;

    /// <summary>Where what ends at <paramref name="now"/> is counted.</summary>
    /// <param name="now">On a clock that does not go back.</param>
    public LatencyCounts At(TimeSpan now)
    {
        Forget(now);
        return _seconds[_now % _seconds.Length];
    }

    /// <summary>What was counted in the window that ends at <paramref name="now"/>; null: nothing.</summary>
    public LatencySketch? Sketch(TimeSpan now)
    {
        Forget(now);
        return LatencyCounts.Sketch(_seconds);
    }

    private void Forget(TimeSpan now)
    {
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        for (var next = Math.Max(_now + 1, second - WindowSeconds); next <= second; next++)
            _seconds[next % _seconds.Length].Clear();
        _now = Math.Max(_now, second);
    }
}
