using System.Text.Json.Serialization;
using Fanout.Results;

namespace Fanout;

/// <summary>
/// What became of the items of a node of the tree. Tallies form a commutative monoid: merging is associative, commutative, and has
/// <see cref="Zero"/>, so the shape of the tree does not matter. Equality is by content.
/// </summary>
public sealed record Tally
{
    /// <summary>Most groups kept in <see cref="Errors"/>: 32. Which ones are kept when there are more does not depend on the order of merging.</summary>
    public const int MaxErrorGroups = 32;

    /// <summary>Nothing happened.</summary>
    public static Tally Zero { get; } = new();

    /// <summary>Items that succeeded.</summary>
    public long Succeeded { get; init; }

    /// <summary>Items that failed.</summary>
    public long Failed { get; init; }

    /// <summary>Items that timed out.</summary>
    public long TimedOut { get; init; }

    /// <summary>Items that were cancelled after they had been started.</summary>
    public long Cancelled { get; init; }

    /// <summary>Attempts over all settled items, retries included.</summary>
    public long Attempts { get; init; }

    /// <summary>Groups of like errors with an exact count and an example each, most frequent first.</summary>
    public IReadOnlyList<ErrorGroup> Errors { get; init; } = [];

    /// <summary>State of the run's reduction; null: its zero.</summary>
    public string? Reduced { get; init; }

    /// <summary>Items settled, whatever became of them.</summary>
    public long Settled => Succeeded + Failed + TimedOut + Cancelled;

    /// <summary>Items settled otherwise than Succeeded.</summary>
    public long Unsuccessful => Failed + TimedOut + Cancelled;

    /// <summary>Unsuccessful items whose errors are in none of <see cref="Errors"/>: there were more than <see cref="MaxErrorGroups"/> groups.</summary>
    [JsonIgnore]
    public long OtherErrors => Unsuccessful - Errors.Sum(group => group.Count);

    /// <summary>What two nodes amount to.</summary>
    /// <param name="left">One node's tally.</param>
    /// <param name="right">The other's.</param>
    /// <param name="reduction">The run's reduction; null: it has none.</param>
    /// <exception cref="ArgumentNullException">A tally holds reduced state and <paramref name="reduction"/> is null: merging would lose it.</exception>
    public static Tally Merge(Tally left, Tally right, IReduction? reduction)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Reduced is not null || right.Reduced is not null)
            ArgumentNullException.ThrowIfNull(reduction);
        return new Tally
        {
            Succeeded = left.Succeeded + right.Succeeded,
            Failed = left.Failed + right.Failed,
            TimedOut = left.TimedOut + right.TimedOut,
            Cancelled = left.Cancelled + right.Cancelled,
            Attempts = left.Attempts + right.Attempts,
            Errors = ErrorGroupSketch.Merge(left.Errors, right.Errors),
            Reduced = left.Reduced is null ? right.Reduced
                : right.Reduced is null ? left.Reduced
                : reduction!.Merge(left.Reduced, right.Reduced),
        };
    }

    /// <inheritdoc/>
    public bool Equals(Tally? other) =>
        other is not null
        && (Succeeded, Failed, TimedOut, Cancelled, Attempts, Reduced)
            == (other.Succeeded, other.Failed, other.TimedOut, other.Cancelled, other.Attempts, other.Reduced)
        && Errors.SequenceEqual(other.Errors);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Succeeded, Failed, TimedOut, Cancelled, Attempts, Errors.Count, Reduced);
}
