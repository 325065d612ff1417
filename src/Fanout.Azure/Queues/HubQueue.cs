using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Fanout.Azure.Queues;

/// <summary>One queue: created when it is first found missing, and its failures explained. An operation here is one request.</summary>
internal sealed class HubQueue(AzureStorage storage, QueueClient client)
{
    // Never: a run may be paused for longer than the week that is the service's default.
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    public string Name => client.Name;

    /// <summary>Makes it, unless it is there.</summary>
    public Task CreateAsync(CancellationToken cancellationToken) => GuardAsync(
        "create", () => client.CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken);

    public Task SendAsync(string text, CancellationToken cancellationToken) => CreatingAsync(
        "send to", () => client.SendMessageAsync(text, timeToLive: Forever, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Takes up to 32 messages, and hides them.</summary>
    public async Task<IReadOnlyList<HubMessage>> ReceiveAsync(int most, TimeSpan visibility, CancellationToken cancellationToken)
    {
        var received = await CreatingAsync(
            "receive from", () => client.ReceiveMessagesAsync(most, visibility, cancellationToken), cancellationToken).ConfigureAwait(false);
        return [.. received.Value.Select(message => new HubMessage(this, message))];
    }

    /// <summary>True: there are messages that are not hidden.</summary>
    public async Task<bool> HasWaitingAsync(CancellationToken cancellationToken) =>
        (await CreatingAsync("look at", () => client.PeekMessagesAsync(1, cancellationToken), cancellationToken).ConfigureAwait(false)).Value.Length > 0;

    /// <summary>Hides a message for another while. Null: it is gone, or someone else received it. Else its new receipt.</summary>
    public Task<string?> HideAsync(string id, string receipt, TimeSpan visibility, CancellationToken cancellationToken) => GuardAsync<string?>(
        "renew a message of",
        async () =>
        {
            try
            {
                return (await client.UpdateMessageAsync(id, receipt, messageText: null, visibility, cancellationToken).ConfigureAwait(false)).Value.PopReceipt;
            }
            catch (RequestFailedException failure) when (IsGone(failure))
            {
                return null;
            }
        },
        cancellationToken);

    /// <summary>Removes a message. False: it is gone, or someone else received it.</summary>
    public Task<bool> DeleteAsync(string id, string receipt, CancellationToken cancellationToken) => GuardAsync(
        "remove a message of",
        async () =>
        {
            try
            {
                await client.DeleteMessageAsync(id, receipt, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException failure) when (IsGone(failure))
            {
                return false;
            }
        },
        cancellationToken);

    private static bool IsGone(RequestFailedException failure) =>
        failure.ErrorCode == QueueErrorCode.MessageNotFound || failure.ErrorCode == QueueErrorCode.PopReceiptMismatch || IsMissing(failure);

    private static bool IsMissing(RequestFailedException failure) => failure.ErrorCode == QueueErrorCode.QueueNotFound;

    // Asking first whether it is there would cost a request in every process, and miss a queue that is deleted later.
    private Task<T> CreatingAsync<T>(string verb, Func<Task<T>> act, CancellationToken cancellationToken) => GuardAsync(
        verb,
        async () =>
        {
            try
            {
                return await act().ConfigureAwait(false);
            }
            catch (RequestFailedException failure) when (IsMissing(failure))
            {
                await client.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                return await act().ConfigureAwait(false);
            }
        },
        cancellationToken);

    private Task<T> GuardAsync<T>(string verb, Func<Task<T>> act, CancellationToken cancellationToken) =>
        AzureFailure.GuardAsync(verb, $"queue '{Name}'", storage.Connection, act, cancellationToken);
}
