namespace Fanout.Client.Views;

/// <summary>A run as a line of a list.</summary>
public sealed record RunSummary
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When work began; null: not yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null: not yet.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who drives it; null: nobody does now.</summary>
    public string? DrivenBy { get; init; }

    /// <summary>Its handler's name.</summary>
    public required string Handler { get; init; }

    /// <summary>Its source's kind.</summary>
    public required string Source { get; init; }

    /// <summary>True: it was asked to pause.</summary>
    public bool Paused { get; init; }

    /// <summary>True: it is to end, and has not yet.</summary>
    public bool Stopping { get; init; }

    /// <summary>Items in the source; null: not counted yet.</summary>
    public long? Total { get; init; }

    /// <summary>Items settled.</summary>
    public long Settled { get; init; }

    /// <summary>Items that succeeded.</summary>
    public long Succeeded { get; init; }

    /// <summary>Items that failed.</summary>
    public long Failed { get; init; }

    /// <summary>Items that timed out.</summary>
    public long TimedOut { get; init; }

    /// <summary>Items that were cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>Items being handled now.</summary>
    public int InFlight { get; init; }

    /// <summary>Items settled a second; of a run that has ended, over all its time.</summary>
    public double ItemsPerSecond { get; init; }

    /// <summary>Why it ended; null: it has not.</summary>
    public CompletionReason? Reason { get; init; }
}

/// <summary>A page of runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null: this is the last.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Runs, string? Next);
