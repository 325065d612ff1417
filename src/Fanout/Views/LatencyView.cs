namespace Fanout.Views;

/// <summary>How long attempts took, in milliseconds.</summary>
/// <param name="P50">Half of them at most.</param>
/// <param name="P90">90 of 100 at most.</param>
/// <param name="P99">99 of 100 at most.</param>
public sealed record LatencyView(double P50, double P90, double P99);
