using System.Text.Json;

namespace Fanout.Results;

/// <summary>One settled item, as a line of the results.</summary>
/// <param name="Index">0-based place in the source.</param>
/// <param name="Key">The identity the item brought along; null: none.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Output">The handler's result; null when it gave none or did not succeed.</param>
/// <param name="Error">Why it did not succeed.</param>
/// <param name="Attempts">Attempts made.</param>
/// <param name="DurationMs">Length of the last attempt, in milliseconds.</param>
public sealed record ResultLine(
    long Index, string? Key, OutcomeStatus Status, JsonElement? Output, ItemError? Error, int Attempts, double DurationMs);
