namespace Fanout.Benchmarks.Harness;

/// <summary>What came of a scenario.</summary>
/// <param name="Scenario">Which.</param>
/// <param name="Rounds">Those that count; none: it is not available here.</param>
internal sealed record Finding(IScenario Scenario, IReadOnlyList<Round> Rounds)
{
    public double? Ours => Median(Rounds.Select(round => (double?)round.Ours));

    public double? Baseline => Median(Rounds.Select(round => round.Baseline));

    /// <summary>The median of the rounds' figures, not the figure of the medians: each round is compared with itself.</summary>
    public double? Figure => Median(Rounds.Select(Scenario.Goal.FigureOf));

    public bool? IsMet => Figure is { } figure ? Scenario.Goal.IsMetBy(figure) : null;

    private static double? Median(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        if (sorted.Count == 0)
            return null;
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
