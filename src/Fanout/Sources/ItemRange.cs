namespace Fanout.Sources;

/// <summary>What every source checks before it opens a range.</summary>
internal static class ItemRange
{
    /// <exception cref="ArgumentOutOfRangeException">The range is not one of the plan's.</exception>
    public static void Check(SourcePlan plan, long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, plan.ItemCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, end);
    }
}
