using Fanout.Runs;

namespace Fanout.Cli.Rendering;

/// <summary>Whom a run tells of its end, and what became of that, for people.</summary>
internal static class AnnouncementText
{
    /// <summary>Of a run that has its report: <c>yes</c>, or why it is not announced and what to type; null: its spec does not ask for it.</summary>
    public static string? Of(RunRecord record, Hints hints) => record.Announcement switch
    {
        null => null,
        { Status: AnnouncementStatus.Announced } => "yes",
        { Status: AnnouncementStatus.NotAnnounced } given => $"no: {given.Message}",
        { Message: var message } => $"not yet{(message is null ? "" : $": {message}")}; {Next(record, hints)}",
    };

    /// <summary>Such as <c>https://example.com (signed with WEBHOOK_SECRET), queue orders-done</c>; of a URL only the host, the rest may be secret.</summary>
    public static string Of(OnCompleteSpec onComplete)
    {
        var parts = new List<string>();
        if (onComplete.Webhook is { } webhook)
        {
            var signed = webhook.SecretFrom is { } variable ? $"signed with {variable}" : "not signed";
            parts.Add($"{new Uri(webhook.Url).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)} ({signed})");
        }

        if (onComplete.Queue is { } queue)
            parts.Add($"queue {queue}");
        return string.Join(", ", parts);
    }

    private static string Next(RunRecord record, Hints hints) =>
        record.DrivenBy is { } driver ? $"{driver} is at it" : $"go on with: {hints.Command("resume", record.Id)}";
}
