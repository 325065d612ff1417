using Fanout.Runs;

namespace Fanout.Embedded.Catalog;

/// <summary>What may become of a run's record: each change as a pure function. Null: nothing changes.</summary>
internal static class RunChanges
{
    public static RunRecord? WithControl(RunRecord run, Func<RunControl, RunControl> change)
    {
        if (run.Report is not null)
            return null;
        var changed = change(run.Control);
        return changed == run.Control ? run : run with { Control = changed with { Version = run.Control.Version + 1 } };
    }

    public static RunRecord? Started(RunRecord run, DateTimeOffset startedAt) =>
        run.StartedAt <= startedAt ? null : run with { StartedAt = startedAt };

    public static RunRecord? Progressed(RunRecord run, RunProgress progress) =>
        run.Report is null ? run with { Progress = progress } : null;

    // What has ended waits for nothing.
    public static RunRecord? Completed(RunRecord run, RunReport report) => run.Report is null
        ? run with { Report = report, EndedAt = report.EndedAt, Progress = run.Progress is { } last ? last with { WaitingFor = null, Waits = [] } : null }
        : null;

    // What was settled first stays: an attempt that comes too late must not take it back.
    public static RunRecord? Announced(RunRecord run, RunAnnouncement announcement) =>
        run.Announcement is { Status: AnnouncementStatus.Pending } ? run with { Announcement = announcement } : null;
}
