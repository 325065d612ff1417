using System.Text.Json;

namespace Fanout.Runs;

/// <summary>Which runs somebody should drive.</summary>
internal static class UndrivenRuns
{
    // What is still to be announced is so for minutes: it is among the newest.
    private const int NewestEnded = 100;

    /// <summary>Ids of runs that nobody drives and that have something to do, the oldest first.</summary>
    public static async Task<List<string>> FindAsync(IRunClient client, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var now = time.GetUtcNow();
        await foreach (var run in client.ReadAllAsync(RunPages.Unended, cancellationToken).ConfigureAwait(false))
        {
            if (run.DrivenBy is null && HasSomethingToDo(run, now))
                found.Add(run.Id);
        }

        var ended = await client.ListAsync(new RunQuery(RunPages.Ended, Limit: NewestEnded), cancellationToken).ConfigureAwait(false);
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
