namespace Fanout;

/// <summary>How many items may end otherwise than Succeeded before the run is stopped. Whichever bound is passed first counts.</summary>
/// <param name="Count">At most this many; null: no bound by count.</param>
/// <param name="Percent">At most this share of all items of the source, 0 to 100; null: no bound by share.</param>
public sealed record Tolerance(long? Count, double? Percent)
{
    /// <summary>True when <paramref name="unsuccessful"/> of <paramref name="total"/> items is more than is tolerated.</summary>
    public bool IsExceededBy(long unsuccessful, long total) =>
        (Count is { } count && unsuccessful > count)
        || (Percent is { } percent && unsuccessful > total * percent / 100.0);
}
