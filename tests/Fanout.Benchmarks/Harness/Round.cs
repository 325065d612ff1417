namespace Fanout.Benchmarks.Harness;

/// <summary>Two measures taken one right after the other, so that what else the machine does meets both.</summary>
/// <param name="Ours">Fanout's.</param>
/// <param name="Baseline">That of what it is held against; null: there is none.</param>
internal sealed record Round(double Ours, double? Baseline);
