using System.Globalization;
using System.Text.Json;
using Fanout.Handlers.Http;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Serialization;

namespace Fanout.Announcing;

/// <summary>Makes attempts to tell that a run has ended. Needs its record only: neither its handler nor its source.</summary>
/// <param name="environment">This process.</param>
internal sealed class Announcer(RunEnvironment environment)
{
    private readonly WebhookSender _webhooks = new(environment.Time, environment.Variable, (HostRules?)environment.Services.GetService(typeof(HostRules)));

    /// <summary>One attempt; that it failed is data, and noted for whoever looks at the run meanwhile.</summary>
    /// <exception cref="RunException">There is no such run, or it has not ended.</exception>
    public async Task<AnnounceResult> AnnounceAsync(AnnounceInput input, CancellationToken stopping)
    {
        var run = await environment.Catalog.GetAsync(input.RunId, stopping).ConfigureAwait(false);
        if (run?.Report is not { } report)
            throw new RunException(input.RunId, $"Run '{input.RunId}' is not there or has not ended: there is nothing to announce.");
        var result = await AttemptAsync(report, ReadOnComplete(run), input.Channel, stopping).ConfigureAwait(false);
        if (result.Failure is not null)
            await NoteAsync(input, result).ConfigureAwait(false);
        return result;
    }

    private async Task<AnnounceResult> AttemptAsync(RunReport report, OnCompleteSpec onComplete, AnnouncementChannel channel, CancellationToken stopping) =>
        channel switch
        {
            AnnouncementChannel.Webhook when onComplete.Webhook is { } webhook =>
                await _webhooks.SendAsync(report.RunId, webhook, AnnouncementBody.Of(report), stopping).ConfigureAwait(false),
            AnnouncementChannel.Queue when onComplete.Queue is { } queue => await SendAsync(queue, report, stopping).ConfigureAwait(false),
            _ => new AnnounceResult($"the spec names no {channel}", IsFinal: true),
        };

    // Storage that fails here holds up nothing but the message: it is tried again like a receiver that does not answer.
    private async Task<AnnounceResult> SendAsync(string queue, RunReport report, CancellationToken stopping)
    {
        if (environment.Announcements is not { } queues)
            return new AnnounceResult($"the process that was to send it to queue {queue} has no storage account", IsFinal: true);
        try
        {
            await queues.SendAsync(queue, AnnouncementBody.ForQueue(report), stopping).ConfigureAwait(false);
            return AnnounceResult.Delivered;
        }
        catch (StorageException failure)
        {
            return new AnnounceResult($"queue {queue}: {failure.Message}");
        }
    }

    private async Task NoteAsync(AnnounceInput input, AnnounceResult failed)
    {
        var wait = AnnouncementPolicy.Wait(input.Attempt, failed);
        var message = string.Create(
            CultureInfo.InvariantCulture, $"{failed.Failure} (attempt {input.Attempt} of {AnnouncementPolicy.Retry.MaxAttempts})");
        environment.LoggerFactory.CreateLogger(RunLogs.Category).NotAnnounced(
            input.RunId, message, wait is { } next ? $"the next attempt is in {HumanDuration.Format(next)}" : "given up");
        await environment.Catalog.SetAnnouncementAsync(
            input.RunId, RunAnnouncement.Pending with { Message = message }, CancellationToken.None).ConfigureAwait(false);
    }

    private static OnCompleteSpec ReadOnComplete(RunRecord run) =>
        JsonElement.Parse(run.SpecJson).TryGetProperty("onComplete", out var given)
            ? given.Deserialize<OnCompleteSpec>(FanoutJson.Options) ?? new OnCompleteSpec()
            : new OnCompleteSpec();
}
