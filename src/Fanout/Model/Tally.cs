namespace Fanout;

/// <summary>
/// What became of the items of a node of the tree. Tallies form a commutative monoid: merging is associative, commutative, and has
/// <see cref="Zero"/>, so the shape of the tree does not matter.
/// </summary>
public sealed record Tally
{
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

    /// <summary>Groups of like errors with a count and an example each.</summary>
    public IReadOnlyList<ErrorGroup> Errors { get; init; } = [];

    /// <summary>State of the run's reduction; null: its zero.</summary>
    public string? Reduced { get; init; }

    /// <summary>Items settled, whatever became of them.</summary>
    public long Settled => Succeeded + Failed + TimedOut + Cancelled;

    /// <summary>Items settled otherwise than Succeeded.</summary>
    public long Unsuccessful => Failed + TimedOut + Cancelled;
}
