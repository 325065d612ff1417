using System.Globalization;
using Fanout.Announcing;
using Fanout.Runs;

namespace Fanout.Orchestration;

/// <summary>
/// The last thing a run does: tells that it has ended, in every way its spec names, and records what became of it. The waits between attempts are
/// durable timers, so that a crash neither shortens nor forgets them. Deterministic.
/// </summary>
internal static class AnnouncementOrchestration
{
    /// <summary>In which ways a run of this spec tells of its end; null: in none, and its history has no trace of it.</summary>
    public static IReadOnlyList<AnnouncementChannel>? ChannelsOf(OnCompleteSpec? onComplete) => onComplete is null
        ? null
        : [.. onComplete.Webhook is null ? Array.Empty<AnnouncementChannel>() : [AnnouncementChannel.Webhook],
            .. onComplete.Queue is null ? Array.Empty<AnnouncementChannel>() : [AnnouncementChannel.Queue]];

    /// <summary>Tells it, at least once in each way or until it is given up.</summary>
    public static async Task RunAsync(IOrchestrationContext context, string runId, IReadOnlyList<AnnouncementChannel> channels)
    {
        var failures = await Task.WhenAll(channels.Select(channel => DeliverAsync(context, runId, channel)));
        var failure = string.Join("; ", failures.Where(failure => failure is not null));
        var announcement = failure.Length == 0 ? new RunAnnouncement(AnnouncementStatus.Announced) : new RunAnnouncement(AnnouncementStatus.NotAnnounced, failure);
        await context.CallActivityAsync<bool>(Activities.SettleAnnouncement, new SettleAnnouncementInput(runId, announcement));
    }

    /// <returns>Why it was given up; null: it was told.</returns>
    private static async Task<string?> DeliverAsync(IOrchestrationContext context, string runId, AnnouncementChannel channel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await AttemptAsync(context, new AnnounceInput(runId, channel, attempt));
            if (result.Failure is null)
                return null;
            if (AnnouncementPolicy.Wait(attempt, result) is not { } wait)
                return string.Create(CultureInfo.InvariantCulture, $"{result.Failure}, given up after {attempt} {(attempt == 1 ? "attempt" : "attempts")}");
            var due = context.CurrentUtcDateTime + wait;
            // A durable timer may fire early: the clock decides.
            while (context.CurrentUtcDateTime < due)
                await context.CreateTimer(due, CancellationToken.None);
        }
    }

    private static async Task<AnnounceResult> AttemptAsync(IOrchestrationContext context, AnnounceInput input)
    {
        try
        {
            return await context.CallActivityAsync<AnnounceResult>(Activities.Announce, input);
        }
        catch (TaskFailedException failed)
        {
            return new AnnounceResult(failed.Failure.ErrorMessage);
        }
    }
}
