using Fanout.Orchestration;

namespace Fanout.Runs;

/// <summary>A run whose orchestration itself failed (its code does not fit its history, say): it could not write its report, or not announce it.</summary>
public static class FailedRun
{
    /// <summary>Records a report that says so, unless there is one, and that nobody was told.</summary>
    /// <param name="catalog">The list of runs.</param>
    /// <param name="run">The run.</param>
    /// <param name="progress">What it came to; null: nobody knows.</param>
    /// <param name="instance">Its orchestration, which is completed.</param>
    /// <param name="now">The time.</param>
    /// <param name="results">Where its results are.</param>
    /// <returns>The report that stands.</returns>
    public static async Task<RunReport> CloseAsync(
        IRunCatalog catalog, RunRecord run, RunProgress? progress, OrchestrationMetadata instance, DateTimeOffset now, string results)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(instance);
        var report = run.Report ?? Report(run, progress ?? new RunProgress(), instance, now, results);
        await catalog.CompleteAsync(run.Id, report, CancellationToken.None).ConfigureAwait(false);
        await catalog.SetAnnouncementAsync(
            run.Id,
            new RunAnnouncement(AnnouncementStatus.NotAnnounced, "the run's orchestration failed before it was done"),
            CancellationToken.None).ConfigureAwait(false);
        return report;
    }

    private static RunReport Report(RunRecord run, RunProgress progress, OrchestrationMetadata instance, DateTimeOffset now, string results) => new()
    {
        RunId = run.Id,
        Status = RunStatus.Failed,
        Reason = CompletionReason.InternalFailure,
        Message = $"The run's orchestration {instance.Status}: {instance.Failure?.ErrorType}: {instance.Failure?.ErrorMessage}",
        Total = progress.Total,
        Tally = new Tally { Succeeded = progress.Succeeded, Failed = progress.Failed, TimedOut = progress.TimedOut, Cancelled = progress.Cancelled },
        NotStarted = (progress.Total ?? 0) - progress.Settled,
        StartedAt = run.StartedAt ?? run.CreatedAt,
        EndedAt = now,
        Results = results,
    };
}
