namespace Fanout.Flow;

/// <summary>
/// Finds how many items in flight a downstream works best with, from how long they take. Pure; times are of one monotonic clock.
/// </summary>
/// <remarks>
/// The gradient algorithm of Netflix's concurrency-limits (Gradient2Limit): when items take longer than they have to, there is a queue, and
/// the limit follows <c>limit x gradient + queue</c>, where the gradient is <c>tolerance x base / now</c>, at most 1, and a queue of
/// <c>sqrt(limit)</c> is allowed, which keeps the downstream busy and finds out when it can take more. Differences: the base is not a long-term
/// average, which would learn the queue the limit itself makes, but what is measured with few in flight: at the start, with one, and again
/// every <see cref="WindowsPerProbe"/> windows, with half as many (as BBR probes for its round-trip time; N. Cardwell et al., 2016). It begins with
/// slow start (V. Jacobson, 1988): twice as many each window until they take longer. A timeout or a throttle takes a tenth off, at most
/// once a window.
/// </remarks>
internal readonly record struct AdaptiveState
{
    /// <summary>Items may take this much longer than the base before it counts as a queue: 1.1.</summary>
    public const double Tolerance = 1.1;

    /// <summary>Of the way to what a window suggests, so much is gone: 0.3.</summary>
    public const double Smoothing = 0.3;

    /// <summary>What a window with a timeout or a throttle leaves: 0.9.</summary>
    public const double DropFactor = 0.9;

    /// <summary>Samples a window has at least, unless it lasts <see cref="LongestWindow"/>: 10.</summary>
    public const int SamplesPerWindow = 10;

    /// <summary>Windows from one probe for the base to the next: 50.</summary>
    public const int WindowsPerProbe = 50;

    // Of the limit, so much has to be in use for it to grow.
    private const double UsedEnough = 0.8;

    private double Exact { get; init; }
    private double Base { get; init; }
    private bool IsSlowStart { get; init; }
    private int Windows { get; init; }
    private bool IsProbing { get; init; }
    private TimeSpan WindowFrom { get; init; }
    private int Samples { get; init; }
    private double Sum { get; init; }
    private int MostInFlight { get; init; }
    private bool HasDropped { get; init; }

    /// <summary>One item in flight, and nothing known.</summary>
    /// <param name="now">The time.</param>
    public AdaptiveState(TimeSpan now)
        : this(1, 0, isSlowStart: true, windows: 0, isProbing: false, now)
    {
    }

    private AdaptiveState(double limit, double baseSeconds, bool isSlowStart, int windows, bool isProbing, TimeSpan windowFrom)
    {
        (Exact, Base, IsSlowStart, Windows, IsProbing, WindowFrom) = (limit, baseSeconds, isSlowStart, windows, isProbing, windowFrom);
        (Samples, Sum, MostInFlight, HasDropped) = (0, 0, 0, false);
    }

    /// <summary>A window lasts this at least: 100 ms.</summary>
    public static TimeSpan ShortestWindow { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A window this long is one with a single sample too: 1 s.</summary>
    public static TimeSpan LongestWindow { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Units that may be in flight, at least 1.</summary>
    public int Limit => Math.Max(1, (int)(IsProbing ? Exact / 2 : Exact));

    /// <summary>An item succeeded.</summary>
    /// <param name="now">When.</param>
    /// <param name="latency">How long its handler took.</param>
    /// <param name="inFlight">Units in flight then, its own included.</param>
    /// <param name="most">The configured concurrency, which is never exceeded.</param>
    public AdaptiveState Succeeded(TimeSpan now, TimeSpan latency, int inFlight, int most)
    {
        // The base is what those took that began with few in flight.
        if (IsProbing && now - latency < WindowFrom)
            return this;
        var seen = this with { Samples = Samples + 1, Sum = Sum + latency.TotalSeconds, MostInFlight = Math.Max(MostInFlight, inFlight) };
        var lasted = now - WindowFrom;
        return (seen.Samples >= SamplesPerWindow && lasted >= ShortestWindow) || lasted >= LongestWindow ? seen.Close(now, most) : seen;
    }

    /// <summary>An item ran into its timeout, or the downstream asked to slow down.</summary>
    public AdaptiveState Dropped() =>
        HasDropped ? this : this with { Exact = Math.Max(1, Exact * DropFactor), IsSlowStart = false, HasDropped = true };

    private AdaptiveState Close(TimeSpan now, int most)
    {
        var seconds = Math.Max(Sum / Samples, 1e-7);
        if (IsProbing)
            return new AdaptiveState(Exact, seconds, isSlowStart: false, windows: 0, isProbing: false, now);
        // Faster than the base: it was too high.
        var measured = Base == 0 ? seconds : seconds < Base ? Base + ((seconds - Base) * Smoothing) : Base;
        var gradient = Math.Min(1, Tolerance * measured / seconds);
        var slowStart = IsSlowStart && gradient == 1;
        var wanted = slowStart ? 2 * Exact : (Exact * gradient) + Math.Sqrt(Exact);
        var next = slowStart ? wanted : Exact + ((wanted - Exact) * Smoothing);
        if (next > Exact && (HasDropped || MostInFlight < UsedEnough * Limit))
            next = Exact;
        var windows = slowStart ? 0 : Windows + 1;
        return new AdaptiveState(Math.Clamp(next, 1, Math.Max(1, most)), measured, slowStart, windows, windows >= WindowsPerProbe, now);
    }
}
