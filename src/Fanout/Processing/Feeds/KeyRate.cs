namespace Fanout.Processing;

/// <summary>
/// Paces the starts of many keys alike, by the same algorithm as <see cref="Flow.Pacer"/> (GCRA, ITU-T I.371) and in its unit, a thousandth of
/// a tick; but the one number that a key's pace comes to is the key's own.
/// </summary>
internal readonly struct KeyRate
{
    /// <summary>Of time, in a tick.</summary>
    public const int UnitsPerTick = 1_000;

    private readonly Int128 _interval;
    private readonly int _burst;

    public KeyRate(PerKeySpec perKey)
    {
        if (perKey.Rate is not { } rate)
            return;
        _interval = (Int128)Math.Ceiling(rate.Period.Ticks * (double)UnitsPerTick / rate.Count);
        _burst = perKey.Burst ?? FlowSpec.DefaultBurst(rate);
    }

    /// <summary>When the next start conforms, for a key whose theoretical arrival time is <paramref name="arrival"/>.</summary>
    /// <param name="arrival">The arrival.</param>
    /// <param name="units">What the item counts for; more than the burst waits for a full bucket and goes into debt.</param>
    public Int128 Due(Int128 arrival, int units) => arrival - ((_burst - Math.Min(units, _burst)) * _interval);

    /// <summary>The arrival after a start.</summary>
    /// <param name="arrival">Before it.</param>
    /// <param name="now">When it is.</param>
    /// <param name="units">What the item counts for.</param>
    /// <param name="factor">Of the rate, what may be used just now: over 0, to 1.</param>
    public Int128 After(Int128 arrival, Int128 now, int units, double factor) => (now > arrival ? now : arrival) + Intervals(units, factor);

    /// <summary>The least arrival after a start at <paramref name="now"/> that was taken before.</summary>
    public Int128 Late(Int128 arrival, Int128 now, int units, double factor)
    {
        var least = now + Intervals(units, factor);
        return arrival > least ? arrival : least;
    }

    /// <summary>The arrival when every start that may have been was.</summary>
    public Int128 Spent(Int128 now) => now + (_interval * _burst);

    private Int128 Intervals(int units, double factor) =>
        factor >= 1 ? _interval * units : _interval * units * (int)Math.Ceiling(1_000 / factor) / 1_000;
}
