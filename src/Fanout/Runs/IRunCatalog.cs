using System.Text.Json;
using System.Text.Json.Serialization;
using Fanout.Serialization;

namespace Fanout.Runs;

/// <summary>The list of runs: their specs, control, progress and reports. Small rows, cheap to poll.</summary>
public interface IRunCatalog
{
    /// <summary>How often whoever works a run looks at its control: often enough to be felt, seldom enough to be cheap. 250 ms unless the catalog says otherwise.</summary>
    TimeSpan WatchEvery => TimeSpan.FromMilliseconds(250);

    /// <summary>Adds a run. False: the id exists; nothing was done.</summary>
    Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>A run; null: there is none.</summary>
    Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Runs, newest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>The run's control; null: there is no such run.</summary>
    Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Applies <paramref name="change"/> atomically; the version grows by one unless the change returned its argument. Null: there is no such run, or it has ended.</summary>
    Task<RunControl?> UpdateControlAsync(string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken);

    /// <summary>Notes that work has begun; keeps the earliest time.</summary>
    Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces what one of those who count says of the run; of a run that is not there or has ended it changes nothing that is seen. What the record
    /// shows is all shards together (<see cref="RunProgress.Merge"/>). Writers of different shards do not get in each other's way.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="shard">Who counts: see <see cref="ProgressShard"/>.</param>
    /// <param name="progress">What it counted over the whole run so far, and what it does now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken);

    /// <summary>Records the report and final status; a second call changes nothing.</summary>
    Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken);

    /// <summary>Replaces what became of announcing the run's end, if that is still pending: what was settled first stays. Does nothing to a run without it.</summary>
    Task SetAnnouncementAsync(string runId, RunAnnouncement announcement, CancellationToken cancellationToken);

    /// <summary>Deletes the run and all the catalog has of it.</summary>
    Task DeleteAsync(string runId, CancellationToken cancellationToken);
}

/// <summary>Which runs to list.</summary>
/// <param name="Status">Only these; null: any.</param>
/// <param name="After">Continue after this run id (of the previous page's last row); null: from the newest.</param>
/// <param name="Limit">At most so many, 1 to 1,000.</param>
public sealed record RunQuery(IReadOnlyList<RunStatus>? Status = null, string? After = null, int Limit = 100);

/// <summary>A run as the catalog knows it.</summary>
public sealed record RunRecord
{
    /// <summary>The run's id.</summary>
    public required string Id { get; init; }

    /// <summary>The spec as canonical JSON.</summary>
    public required string SpecJson { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The place in a trace of whoever started it, as <c>traceparent</c>; null: not known.</summary>
    [JsonIgnore]
    public string? TraceParent { get; init; }

    /// <summary>When work began; null: not yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null: not yet.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was asked of it.</summary>
    public RunControl Control { get; init; } = RunControl.Initial;

    /// <summary>The last live progress, of all who count together; null: none yet.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Its report; null: it has not ended.</summary>
    public RunReport? Report { get; init; }

    /// <summary>What became of announcing its end; null: its spec does not ask for it.</summary>
    public RunAnnouncement? Announcement { get; init; }

    /// <summary>The process that drives it now, such as <c>host:pid</c>; null: none, so it may be continued.</summary>
    public string? DrivenBy { get; init; }

    /// <summary>True: it has its report, and its end is still to be announced. It goes on when somebody drives it.</summary>
    [JsonIgnore]
    public bool AwaitsAnnouncement => Report is not null && Announcement is { Status: AnnouncementStatus.Pending };

    /// <summary>True: it has its report, and nothing is left to do for it.</summary>
    [JsonIgnore]
    public bool IsOver => Report is not null && !AwaitsAnnouncement;

    /// <summary>What it may use: what its spec asks for, as retuned since.</summary>
    /// <exception cref="JsonException">The spec is not one.</exception>
    public Allotment ReadAllotment()
    {
        var spec = JsonElement.Parse(SpecJson);
        var flow = spec.TryGetProperty("flow", out var given) ? given.Deserialize<FlowSpec>(FanoutJson.Options) : null;
        return Control.Over((flow ?? new FlowSpec()).Allotment);
    }

    /// <summary>The run's status, from the above.</summary>
    public RunStatus Status =>
        Report is not null ? Report.Status
        : Control.Paused ? RunStatus.Paused
        : StartedAt is null ? RunStatus.Pending
        : RunStatus.Running;
}
