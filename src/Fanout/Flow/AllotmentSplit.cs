namespace Fanout.Flow;

/// <summary>Splits an allotment into parts that never add up to more than the whole, at any moment and in any window.</summary>
public static class AllotmentSplit
{
    /// <summary>The part of lane <paramref name="index"/> of <paramref name="count"/>. Whole slots and whole starts are dealt out one by one, so that nothing is lost to rounding.</summary>
    /// <param name="whole">What is split.</param>
    /// <param name="index">Which part, 0 to count - 1.</param>
    /// <param name="count">How many parts; no more than <see cref="MostParts"/> allows, or some parts are empty.</param>
    public static Allotment Part(Allotment whole, int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        var concurrency = Deal(whole.Concurrency, index, count);
        if (whole.Rate is not { } rate)
            return new Allotment(concurrency, null, whole.Burst);
        var burst = Deal(whole.Burst, index, count);
        return burst == 0
            ? new Allotment(0, rate with { Count = rate.Count / count }, 1)
            : new Allotment(concurrency, rate with { Count = rate.Count / count }, burst);
    }

    /// <summary>The most parts of which each can start at least one item of its own.</summary>
    public static int MostParts(Allotment whole) =>
        Math.Max(1, whole.Rate is null ? whole.Concurrency : Math.Min(whole.Concurrency, whole.Burst));

    private static int Deal(int whole, int index, int count) => (whole / count) + (index < whole % count ? 1 : 0);
}
