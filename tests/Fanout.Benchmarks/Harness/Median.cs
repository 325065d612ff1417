namespace Fanout.Benchmarks.Harness;

/// <summary>The value in the middle, between the two there when their number is even.</summary>
internal static class Median
{
    /// <summary>Null: there are no values.</summary>
    public static double? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
