namespace Fanout.Sources;

/// <summary>How a source is cut into parts that are planned each for itself; small, recorded in the run's history with every part.</summary>
public sealed record SourceSplit
{
    /// <summary>The most parts: each takes a few events of a history, of which a run's root may use 400 before it continues as new. 64.</summary>
    public const int MaxParts = 64;

    /// <summary>The longest <see cref="State"/>: 1,024 characters.</summary>
    public const int MaxStateLength = 1_024;

    /// <summary>A split.</summary>
    /// <param name="parts">See <see cref="Parts"/>.</param>
    /// <param name="state">See <see cref="State"/>.</param>
    /// <exception cref="ArgumentException">There are too few or too many parts, or the state is too long.</exception>
    public SourceSplit(int parts, string state)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, MaxParts);
        ArgumentNullException.ThrowIfNull(state);
        if (state.Length > MaxStateLength)
            throw new ArgumentException($"A split's state may have {MaxStateLength} characters; this has {state.Length}. Keep what is longer in the workspace.", nameof(state));
        (Parts, State) = (parts, state);
    }

    /// <summary>How many parts, 1 to <see cref="MaxParts"/>.</summary>
    public int Parts { get; }

    /// <summary>Where they are, and of which version of the source, in the source's own form.</summary>
    public string State { get; }
}
