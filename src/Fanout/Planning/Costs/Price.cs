using System.Text.Json.Serialization;

namespace Fanout.Planning.Costs;

/// <summary>What one thing costs, with where that is from.</summary>
/// <param name="Usd">US dollars for <paramref name="Per"/> of it, without free grants.</param>
/// <param name="Per">How many that buys.</param>
/// <param name="Unit">One of it, in words.</param>
public sealed record Price(double Usd, long Per, string Unit)
{
    /// <summary>The tier and region it holds for.</summary>
    public string? Tier { get; init; }

    /// <summary>The day it was compared with what is public; null: whoever gave it did not say.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>Where it is published; likewise.</summary>
    public string? Source { get; init; }

    /// <summary>What is uncertain about it; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>True: it is one that was given in place of the built-in one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Given { get; init; }

    /// <summary>What so many of it cost, in US dollars.</summary>
    public double Of(double count) => count * Usd / Per;
}
