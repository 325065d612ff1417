using System.Globalization;

namespace Fanout.Benchmarks.Harness;

/// <summary>How two measures are compared.</summary>
internal enum Comparing
{
    /// <summary>Ours divided by the baseline; more is better.</summary>
    Ratio,

    /// <summary>Ours less the baseline; less is better.</summary>
    Difference,

    /// <summary>Ours alone; less is better.</summary>
    Value,
}

/// <summary>What a scenario's figure is to come to.</summary>
/// <param name="Unit">Of the measures.</param>
/// <param name="Comparing">How the figure is made from them.</param>
/// <param name="Bound">The least a ratio may be, the most the others may be; null: it is only to be known.</param>
internal sealed record Goal(string Unit, Comparing Comparing, double? Bound = null)
{
    /// <summary>The figure of one round; null: it has no baseline to be compared with.</summary>
    public double? FigureOf(Round round) => Comparing switch
    {
        Comparing.Value => round.Ours,
        Comparing.Ratio => round.Ours / round.Baseline,
        _ => round.Ours - round.Baseline,
    };

    /// <summary>Null: there is nothing to meet.</summary>
    public bool? IsMetBy(double figure) => Bound is not { } bound ? null : Comparing == Comparing.Ratio ? figure >= bound : figure <= bound;

    public string FormatFigure(double figure) => Comparing == Comparing.Ratio
        ? string.Create(CultureInfo.InvariantCulture, $"{figure:0.00}x")
        : FormatMeasure(figure);

    public string FormatMeasure(double measure) => string.Create(
        CultureInfo.InvariantCulture, $"{measure.ToString(Math.Abs(measure) < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture)} {Unit}");

    public string FormatBound() => Bound is { } bound ? $"{(Comparing == Comparing.Ratio ? ">=" : "<=")} {FormatFigure(bound)}" : "";
}
