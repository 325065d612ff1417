using System.Text.Json;
using Fanout.Serialization;
using Microsoft.Extensions.Logging;

namespace Fanout.Azure.Queues;

/// <summary>A queue of the hub whose messages are JSON of one type, with claim checks for large ones. What is none goes to its poison queue.</summary>
/// <param name="storage">The account.</param>
/// <param name="name">The queue's name in the hub.</param>
/// <param name="flaw">What a value lacks to be one; null: nothing.</param>
/// <param name="logger">Where it is logged that a message was put aside.</param>
internal sealed class JsonQueue<T>(AzureStorage storage, string name, Func<T, string?> flaw, ILogger logger)
    where T : class
{
    private readonly HubQueue _queue = new(storage, storage.Queue(name));
    private readonly ClaimChecks _claims = new(storage);
    private readonly PoisonQueue _poison = new(storage, name, logger);

    /// <summary>Sends a value; <paramref name="runId"/> and <paramref name="key"/> name its blob when it is large.</summary>
    /// <exception cref="StorageException">It cannot be sent now.</exception>
    public async Task SendAsync(string runId, string key, T value, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, FanoutJson.Options);
        await _queue.SendAsync(await _claims.WrapAsync(runId, key, body, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes up to 32 messages. Null: there were none. The list may be empty all the same, when all there were have been put aside.</summary>
    /// <exception cref="StorageException">The queue, or a blob of a message, cannot be read now.</exception>
    public async Task<IReadOnlyList<Received<T>>?> ReceiveAsync(int most, TimeSpan visibility, CancellationToken cancellationToken)
    {
        var messages = await _queue.ReceiveAsync(most, visibility, cancellationToken).ConfigureAwait(false);
        if (messages.Count == 0)
            return null;
        var received = new List<Received<T>>(messages.Count);
        foreach (var message in messages)
        {
            if (await ReadAsync(message, cancellationToken).ConfigureAwait(false) is { } value)
                received.Add(value);
        }

        return received;
    }

    /// <summary>Removes a message that is done, and then its blob.</summary>
    /// <exception cref="StorageException">It cannot be removed now, and comes again.</exception>
    public async Task DeleteAsync(Received<T> received, CancellationToken cancellationToken)
    {
        await received.Message.DeleteAsync(cancellationToken).ConfigureAwait(false);
        await _claims.DeleteAsync(received.Claim, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts a message aside.</summary>
    /// <exception cref="StorageException">It cannot be put aside now, and comes again.</exception>
    public Task PoisonAsync(HubMessage message, string reason, CancellationToken cancellationToken) => _poison.TakeAsync(message, reason, cancellationToken);

    /// <summary>
    /// Takes over a message that a Functions host received: it is hidden for <paramref name="visibility"/> and no longer, whatever the host asked for, and
    /// whoever takes it over removes it. Null: somebody else has it by now, it was done before, or it has been put aside.
    /// </summary>
    /// <exception cref="StorageException">It, or its blob, cannot be read now.</exception>
    public async Task<Received<T>?> TakeOverAsync(TriggerMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        var taken = new HubMessage(_queue, message);
        return await taken.RenewAsync(visibility, cancellationToken).ConfigureAwait(false)
            ? await ReadAsync(taken, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async Task<Received<T>?> ReadAsync(HubMessage message, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(message.Text, cancellationToken).ConfigureAwait(false);
        if (read.Value is { } value)
            return new Received<T>(message, value, read.Claim);
        if (read.Flaw is { } flaw)
        {
            await PoisonAsync(message, flaw, cancellationToken).ConfigureAwait(false);
            return null;
        }

        QueueLogs.DoneBefore(logger, message.Id, name, read.Claim!.Name);
        await message.DeleteAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    // Neither value nor flaw: its blob is gone, as of what is done.
    private async Task<(T? Value, BlobClaim? Claim, string? Flaw)> ReadAsync(string text, CancellationToken cancellationToken)
    {
        var (body, claim) = (text, BlobClaim.Read(text));
        if (claim is not null)
        {
            if (!_claims.IsOurs(claim))
                return None($"it names blob '{claim}', which is not under '{storage.Hub}/{ClaimChecks.Folder}'");
            if (await _claims.ReadAsync(claim, cancellationToken).ConfigureAwait(false) is not { } content)
                return (null, claim, null);
            body = content.ToString();
        }

        try
        {
            var value = JsonSerializer.Deserialize<T>(body, FanoutJson.Options);
            var lacks = value is null ? "it is null" : flaw(value);
            return lacks is null ? (value, claim, null) : None(lacks);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            // Converters throw what they like.
            return None(unreadable.Message);
        }

        (T?, BlobClaim?, string?) None(string why) => (null, claim, $"It is no {typeof(T).Name}: {why}");
    }
}

/// <summary>A message that was received and read.</summary>
/// <param name="Message">The message.</param>
/// <param name="Value">What it says.</param>
/// <param name="Claim">The blob that said it; null: it said so itself.</param>
internal sealed record Received<T>(HubMessage Message, T Value, BlobClaim? Claim);
