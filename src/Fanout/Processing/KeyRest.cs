namespace Fanout.Processing;

/// <summary>What is left of a key that was begun.</summary>
/// <param name="Number">The key's number in the run's partition by key.</param>
/// <param name="Offset">Where, in the partition, its first item that was not taken begins; where its items end, when all were.</param>
/// <param name="Arrival">By the key's rate: when a next start would come if starts were spaced evenly, UTC; null: it is long past.</param>
/// <param name="NotBefore">Nothing of the key starts before this time, UTC; null: it may at once.</param>
public readonly record struct KeyRest(long Number, long Offset, DateTimeOffset? Arrival, DateTimeOffset? NotBefore);
