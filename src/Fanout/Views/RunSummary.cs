using System.Text.Json;
using Fanout.Runs;

namespace Fanout.Views;

/// <summary>A run as a line of a list.</summary>
public sealed record RunSummary
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When work began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who drives it; left out: nobody does now.</summary>
    public string? DrivenBy { get; init; }

    /// <summary>Its handler's name.</summary>
    public required string Handler { get; init; }

    /// <summary>Its source's kind.</summary>
    public required string Source { get; init; }

    /// <summary>True: it was asked to pause.</summary>
    public required bool Paused { get; init; }

    /// <summary>True: it is to end, and has not yet.</summary>
    public required bool Stopping { get; init; }

    /// <summary>Items in the source; left out: not counted yet.</summary>
    public long? Total { get; init; }

    /// <summary>Items settled.</summary>
    public required long Settled { get; init; }

    /// <summary>Items that succeeded.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Items that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Items that timed out.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Items that were cancelled.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Items being handled now.</summary>
    public required int InFlight { get; init; }

    /// <summary>Items settled a second; of a run that has ended, over all its time.</summary>
    public required double ItemsPerSecond { get; init; }

    /// <summary>Why it ended.</summary>
    public CompletionReason? Reason { get; init; }

    /// <summary>Makes it.</summary>
    public static RunSummary Of(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var spec = JsonElement.Parse(run.SpecJson);
        var summary = new RunSummary
        {
            Id = run.Id,
            Status = run.Status,
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            DrivenBy = run.DrivenBy,
            Handler = spec.GetProperty("handler").GetProperty("name").GetString()!,
            Source = spec.GetProperty("source").GetProperty("kind").GetString()!,
            Paused = run.Control.Paused,
            Stopping = run.Report is null && run.Control.Stop is not null,
            Total = run.Progress?.Total,
            Settled = run.Progress?.Settled ?? 0,
            Succeeded = run.Progress?.Succeeded ?? 0,
            Failed = run.Progress?.Failed ?? 0,
            TimedOut = run.Progress?.TimedOut ?? 0,
            Cancelled = run.Progress?.Cancelled ?? 0,
            InFlight = run.Report is null ? run.Progress?.InFlight ?? 0 : 0,
            ItemsPerSecond = run.Progress?.ItemsPerSecond ?? 0,
        };
        return run.Report is { } report ? summary.Over(report) : summary;
    }

    private RunSummary Over(RunReport report)
    {
        var time = report.EndedAt - report.StartedAt;
        return this with
        {
            Total = report.Total,
            Settled = report.Tally.Settled,
            Succeeded = report.Tally.Succeeded,
            Failed = report.Tally.Failed,
            TimedOut = report.Tally.TimedOut,
            Cancelled = report.Tally.Cancelled,
            ItemsPerSecond = time > TimeSpan.Zero ? report.Tally.Settled / time.TotalSeconds : 0,
            Reason = report.Reason,
        };
    }
}

/// <summary>A page of runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; left out: this is the last.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Runs, string? Next);

/// <summary>A page of runs, newest first, each whole.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; left out: this is the last.</param>
public sealed record RunViewPage(IReadOnlyList<RunView> Runs, string? Next);
