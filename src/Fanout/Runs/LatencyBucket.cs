namespace Fanout.Runs;

/// <summary>Attempts that took about as long as each other.</summary>
/// <param name="UpTo">As long at most, in milliseconds; more than the bucket before.</param>
/// <param name="Count">How many.</param>
public sealed record LatencyBucket(double UpTo, long Count);
