namespace Fanout;

/// <summary>What a node of the tree may use: how many items in flight, how many starts in time.</summary>
/// <param name="Concurrency">Items in flight; 0 while paused.</param>
/// <param name="Rate">Item starts, retries included; null: no limit.</param>
/// <param name="Burst">Starts that may come at once.</param>
public sealed record Allotment(int Concurrency, Rate? Rate, int Burst);
