namespace Fanout.Results;

/// <summary>The reducers every process knows: <c>count</c>, <c>sum</c>, <c>min</c>, <c>max</c>, exact over decimal numbers.</summary>
public static class BuiltInReductions
{
    /// <summary>Registers them.</summary>
    /// <exception cref="ArgumentException">One of the names is taken.</exception>
    public static void AddTo(FanoutRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        foreach (IReduction reduction in new IReduction[] { new CountReduction(), new SumReduction(), ExtremeReduction.Min, ExtremeReduction.Max })
            registry.Reductions.Add(reduction.Name, reduction);
    }
}
