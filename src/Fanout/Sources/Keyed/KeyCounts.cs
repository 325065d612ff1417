namespace Fanout.Sources;

/// <summary>What a partition by key came to.</summary>
/// <param name="Keys">Distinct keys.</param>
/// <param name="Largest">Items of the key that has most.</param>
public readonly record struct KeyCounts(long Keys, long Largest);
