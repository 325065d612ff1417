using System.Text.Json;
using Fanout.Runs;

namespace Fanout.Azure.Queues;

/// <summary>Announcements in queues of the account, as base64 of JSON. A large one waits in a blob of the hub, under <c>messages/RUN/</c>, until its run is purged.</summary>
/// <param name="storage">The account.</param>
public sealed class AzureAnnouncementQueue(AzureStorage storage) : IAnnouncementQueue
{
    private const string RunOfNone = "no-run";

    private readonly ClaimChecks _claims = new(storage);

    /// <inheritdoc/>
    public async Task SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        var text = await _claims.WrapAsync(RunIn(body), "announcement", body, cancellationToken).ConfigureAwait(false);
        await new HubQueue(storage, storage.Queues.GetQueueClient(queue)).SendAsync(text, cancellationToken).ConfigureAwait(false);
    }

    private static string RunIn(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty("runId", out var runId) && runId.ValueKind == JsonValueKind.String
            ? runId.GetString()!
            : RunOfNone;
    }
}
