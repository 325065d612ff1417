namespace Fanout.Benchmarks.Harness;

/// <summary>What came of a scenario.</summary>
/// <param name="Scenario">Which.</param>
/// <param name="Rounds">Those that count; none: it is not available here.</param>
internal sealed record Finding(IScenario Scenario, IReadOnlyList<Round> Rounds)
{
    public double? Ours => Median.Of(Rounds.Select(round => round.Ours));

    public double? Baseline => Median.Of(Rounds.Select(round => round.Baseline).OfType<double>());

    /// <summary>The median of the rounds' figures, not the figure of the medians: each round is compared with itself.</summary>
    public double? Figure => Median.Of(Rounds.Select(Scenario.Goal.FigureOf).OfType<double>());

    public bool? IsMet => Figure is { } figure ? Scenario.Goal.IsMetBy(figure) : null;
}
