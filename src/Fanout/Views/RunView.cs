using System.Text.Json;
using System.Text.Json.Serialization;
using Fanout.Runs;

namespace Fanout.Views;

/// <summary>A run, whole.</summary>
public sealed record RunView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Answer to a start: true, it was started; false, the same run was there already. Else left out.</summary>
    public bool? Created { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When work began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who drives it; left out: nobody does now, or it is over.</summary>
    public string? DrivenBy { get; init; }

    /// <summary>What was asked of it.</summary>
    public required RunControl Control { get; init; }

    /// <summary>What it may use.</summary>
    public required Allotment Allotment { get; init; }

    /// <summary>Its last live numbers.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Its report, when it has ended.</summary>
    public RunReport? Report { get; init; }

    /// <summary>What became of announcing its end.</summary>
    public RunAnnouncement? Announcement { get; init; }

    /// <summary>Where its results are, for a human.</summary>
    public string? Results { get; init; }

    /// <summary>Its spec; left out of events.</summary>
    public JsonElement? Spec { get; init; }

    /// <summary>Where else to look.</summary>
    public RunLinks? Links { get; init; }

    /// <summary>Names this state of it, for a client's next request; null: the answer had none.</summary>
    [JsonIgnore]
    public string? ETag { get; init; }

    /// <summary>True: it has its report, and nothing is left to do for it.</summary>
    [JsonIgnore]
    public bool IsOver => Report is not null && Announcement is not { Status: AnnouncementStatus.Pending };

    /// <summary>Makes it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="results">Where its results are.</param>
    /// <param name="withEvents">True: there are events of it.</param>
    public static RunView Of(RunRecord run, string results, bool withEvents)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new RunView
        {
            Id = run.Id,
            Status = run.Status,
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            // Whoever drove it lets go of it a moment after it is over: that is no news of the run, and no other ETag.
            DrivenBy = run.IsOver ? null : run.DrivenBy,
            Control = run.Control,
            Allotment = run.ReadAllotment(),
            Progress = run.Progress,
            Report = run.Report,
            Announcement = run.Announcement,
            Results = results,
            Spec = JsonElement.Parse(run.SpecJson),
            Links = RunLinks.Of(run.Id, withEvents),
        };
    }
}

/// <summary>Where else to look, as paths on this host.</summary>
/// <param name="Self">The run.</param>
/// <param name="Results">Its results.</param>
/// <param name="Tree">Its branches and batches.</param>
/// <param name="Cancel">To cancel it.</param>
/// <param name="Redrive">To run again what did not succeed.</param>
/// <param name="Events">Its events; left out: there are none here.</param>
public sealed record RunLinks(string Self, string Results, string Tree, string Cancel, string Redrive, string? Events)
{
    /// <summary>Those of a run.</summary>
    public static RunLinks Of(string runId, bool withEvents)
    {
        var self = $"/api/runs/{Uri.EscapeDataString(runId)}";
        return new RunLinks(self, $"{self}/results", $"{self}/tree", $"{self}/cancel", $"{self}/redrive", withEvents ? $"{self}/events" : null);
    }
}
