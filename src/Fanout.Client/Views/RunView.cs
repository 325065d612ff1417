using System.Text.Json;
using System.Text.Json.Serialization;
using Fanout.Runs;

namespace Fanout.Client.Views;

/// <summary>A run, whole, as the server shows it.</summary>
public sealed record RunView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Answer to a start: true, it was started; false, the same run was there already. Else null.</summary>
    public bool? Created { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When work began; null: not yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null: not yet.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who drives it; null: nobody does now.</summary>
    public string? DrivenBy { get; init; }

    /// <summary>What was asked of it.</summary>
    public required RunControl Control { get; init; }

    /// <summary>What it may use.</summary>
    public required Allotment Allotment { get; init; }

    /// <summary>Its last live numbers; null: there are none yet.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Its report; null: it has not ended.</summary>
    public RunReport? Report { get; init; }

    /// <summary>What became of announcing its end; null: its spec does not ask for it.</summary>
    public RunAnnouncement? Announcement { get; init; }

    /// <summary>Where its results are at the server, for a human.</summary>
    public string? Results { get; init; }

    /// <summary>Its spec; null in an event.</summary>
    public JsonElement? Spec { get; init; }

    /// <summary>Where else to look.</summary>
    public RunLinks? Links { get; init; }

    /// <summary>Names this state of it, for the next request; null: the answer had none.</summary>
    [JsonIgnore]
    public string? ETag { get; init; }

    /// <summary>True: it has its report, and nothing is left to do for it.</summary>
    [JsonIgnore]
    public bool IsOver => Report is not null && Announcement is not { Status: AnnouncementStatus.Pending };
}

/// <summary>Where else to look, as paths on the server.</summary>
/// <param name="Self">The run.</param>
/// <param name="Results">Its results.</param>
/// <param name="Tree">Its branches and batches.</param>
/// <param name="Cancel">To cancel it.</param>
/// <param name="Redrive">To run again what did not succeed.</param>
/// <param name="Events">Its events; null: there are none here.</param>
public sealed record RunLinks(string? Self, string? Results, string? Tree, string? Cancel, string? Redrive, string? Events);

/// <summary>A page of runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null: this is the last.</param>
public sealed record RunViewPage(IReadOnlyList<RunView> Runs, string? Next);
