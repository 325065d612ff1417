using System.Text.Json;

namespace Fanout.Runs;

/// <summary>Which runs somebody should drive.</summary>
internal static class UndrivenRuns
{
    private const int PageSize = 1_000;

    // What is still to be announced is so for minutes: it is among the newest.
    private const int NewestEnded = 100;

    private static readonly RunStatus[] Unended = [RunStatus.Pending, RunStatus.Running, RunStatus.Paused];
    private static readonly RunStatus[] Ended = [.. Enum.GetValues<RunStatus>().Where(status => status.IsFinal())];

    /// <summary>Ids of runs that nobody drives and that have something to do, the oldest first.</summary>
    public static async Task<List<string>> FindAsync(IRunClient client, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var now = time.GetUtcNow();
        IReadOnlyList<RunRecord> page;
        string? after = null;
        do
        {
            page = await client.ListAsync(new RunQuery(Unended, after, PageSize), cancellationToken).ConfigureAwait(false);
            found.AddRange(page.Where(run => run.DrivenBy is null && HasSomethingToDo(run, now)).Select(run => run.Id));
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);

        var ended = await client.ListAsync(new RunQuery(Ended, Limit: NewestEnded), cancellationToken).ConfigureAwait(false);
        found.AddRange(ended.Where(run => run.AwaitsAnnouncement && run.DrivenBy is null).Select(run => run.Id));
        found.Reverse(); // They are listed newest first.
        return found;
    }

    /// <summary>A paused run waits for people, and needs nobody until it is resumed, cancelled, or out of time.</summary>
    public static bool HasSomethingToDo(RunRecord run, DateTimeOffset now) =>
        run.Report is null && (!run.Control.Paused || run.Control.Stop is not null || DeadlineOf(run) <= now);

    private static DateTimeOffset? DeadlineOf(RunRecord run) =>
        run.StartedAt is { } started
        && JsonElement.Parse(run.SpecJson).TryGetProperty("failure", out var failure)
        && failure.TryGetProperty("deadline", out var deadline)
        && HumanDuration.TryParse(deadline.GetString() ?? "", out var length)
            ? started + length
            : null;
}
