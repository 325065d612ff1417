namespace Fanout;

/// <summary>How often something may happen: <paramref name="Count"/> times in <paramref name="Period"/>.</summary>
/// <param name="Count">More than 0.</param>
/// <param name="Period">1 s, 1 min, 1 h or 1 d.</param>
public readonly record struct Rate(double Count, TimeSpan Period)
{
    /// <summary>Times a second.</summary>
    public double PerSecond => Count / Period.TotalSeconds;

    /// <summary>The time between two, evenly paced.</summary>
    public TimeSpan Interval => Period / Count;
}
