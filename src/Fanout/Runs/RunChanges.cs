namespace Fanout.Runs;

/// <summary>What may become of a run's record, whichever catalog keeps it: each change as a pure function. Null: nothing changes.</summary>
public static class RunChanges
{
    /// <summary>The record with its control changed; the record itself when the change returned its argument, null when the run has ended.</summary>
    public static RunRecord? WithControl(RunRecord run, Func<RunControl, RunControl> change)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(change);
        if (run.Report is not null)
            return null;
        var changed = change(run.Control);
        return changed == run.Control ? run : run with { Control = changed with { Version = run.Control.Version + 1 } };
    }

    /// <summary>The record with the earlier of its start and this one; null when its own is.</summary>
    public static RunRecord? Started(RunRecord run, DateTimeOffset startedAt)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.StartedAt <= startedAt ? null : run with { StartedAt = startedAt };
    }

    /// <summary>The record with its report; null when it has one. What has ended waits for nothing.</summary>
    public static RunRecord? Completed(RunRecord run, RunReport report)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        return run.Report is null
            ? run with { Report = report, EndedAt = report.EndedAt, Progress = run.Progress is { } last ? last with { WaitingFor = null, Waits = [], Latency = null } : null }
            : null;
    }

    /// <summary>The record with what became of announcing its end; null when that was settled before: an attempt that comes too late must not take it back.</summary>
    public static RunRecord? Announced(RunRecord run, RunAnnouncement announcement)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Announcement is { Status: AnnouncementStatus.Pending } ? run with { Announcement = announcement } : null;
    }
}
