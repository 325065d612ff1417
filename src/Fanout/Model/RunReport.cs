using System.Text.Json;

namespace Fanout;

/// <summary>A run's final result.</summary>
public sealed record RunReport
{
    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Its final status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why it ended.</summary>
    public required CompletionReason Reason { get; init; }

    /// <summary>More about the reason; null: nothing to add.</summary>
    public string? Message { get; init; }

    /// <summary>Items in the source; null: it could not be counted.</summary>
    public long? Total { get; init; }

    /// <summary>What became of the items that were started.</summary>
    public required Tally Tally { get; init; }

    /// <summary>Items never started: the rest of the source in a run that was stopped.</summary>
    public long NotStarted { get; init; }

    /// <summary>What <c>results.reduce</c> came to; null: nothing was reduced.</summary>
    public JsonElement? Reduced { get; init; }

    /// <summary>When work began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset EndedAt { get; init; }

    /// <summary>Where the results are, for a human.</summary>
    public string? Results { get; init; }
}
