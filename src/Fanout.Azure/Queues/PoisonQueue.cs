using System.Globalization;
using System.Text.Json;
using Fanout.Serialization;
using Microsoft.Extensions.Logging;

namespace Fanout.Azure.Queues;

/// <summary>Where messages go that cannot be worked, each with the reason: <c>NAME-poison</c>, as <c>{ "reason", "message" }</c>.</summary>
internal sealed class PoisonQueue(AzureStorage storage, string name, ILogger logger)
{
    private const int MostReason = 4_000;

    private readonly HubQueue _queue = new(storage, storage.Queue($"{name}-poison"));

    /// <summary>Puts a message aside. In that order, so that a crash in between leaves it twice rather than nowhere.</summary>
    /// <exception cref="StorageException">It cannot be put aside now, and comes again.</exception>
    public async Task TakeAsync(HubMessage message, string reason, CancellationToken cancellationToken)
    {
        await KeepAsync(message.Id, message.Text, reason, cancellationToken).ConfigureAwait(false);
        await message.DeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps a copy of a message that somebody else removes.</summary>
    /// <exception cref="StorageException">It cannot be kept now.</exception>
    public async Task KeepAsync(string id, string text, string reason, CancellationToken cancellationToken)
    {
        await _queue.SendAsync(MessageText.Encode(Describe(reason, text)), cancellationToken).ConfigureAwait(false);
        QueueLogs.PutAside(logger, id, name, _queue.Name, reason);
    }

    /// <summary>Both texts, cut until they fit into a message.</summary>
    internal static byte[] Describe(string reason, string message)
    {
        reason = Cut(reason, MostReason);
        for (var length = Math.Min(message.Length, MessageText.MaxBodyBytes); ; length /= 2)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new Poisoned(reason, Cut(message, length)), FanoutJson.Options);
            if (body.Length <= MessageText.MaxBodyBytes || length == 0)
                return body;
        }
    }

    private static string Cut(string text, int length) =>
        text.Length <= length
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)]}… ({text.Length - length} more)");

    private sealed record Poisoned(string Reason, string Message);
}
