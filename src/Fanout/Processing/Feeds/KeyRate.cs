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
    private readonly Int128 _tolerance;

    public KeyRate(PerKeySpec perKey)
    {
        if (perKey.Rate is not { } rate)
            return;
        _interval = (Int128)Math.Ceiling(rate.Period.Ticks * (double)UnitsPerTick / rate.Count);
        _tolerance = _interval * ((perKey.Burst ?? FlowSpec.DefaultBurst(rate)) - 1);
    }

    /// <summary>When the next start conforms, for a key whose theoretical arrival time is <paramref name="arrival"/>.</summary>
    public Int128 Due(Int128 arrival) => arrival - _tolerance;

    /// <summary>The arrival after a start.</summary>
    /// <param name="arrival">Before it.</param>
    /// <param name="now">When it is.</param>
    /// <param name="units">What the item counts for.</param>
    public Int128 After(Int128 arrival, Int128 now, int units) => (now > arrival ? now : arrival) + (_interval * units);

    /// <summary>The least arrival after a start at <paramref name="now"/> that was taken before.</summary>
    public Int128 Late(Int128 arrival, Int128 now, int units)
    {
        var least = now + (_interval * units);
        return arrival > least ? arrival : least;
    }

    /// <summary>The arrival when every start that may have been was.</summary>
    public Int128 Spent(Int128 now) => now + _interval + _tolerance;
}
