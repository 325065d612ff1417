using Azure.Storage.Queues.Models;

namespace Fanout.Azure.Queues;

/// <summary>A message that was received: what it says, and the receipt by which it is renewed and removed.</summary>
internal sealed class HubMessage
{
    private readonly HubQueue _queue;

    // Each renewal replaces the receipt. A removal with the old one would leave the message to be worked again.
    private Task _turn = Task.CompletedTask;
    private string _receipt;

    public HubMessage(HubQueue queue, QueueMessage message)
    {
        _queue = queue;
        _receipt = message.PopReceipt;
        (Id, Count, Text) = (message.MessageId, message.DequeueCount, MessageText.Decode(message.Body?.ToString() ?? ""));
    }

    /// <summary>A message that a Functions host received.</summary>
    public HubMessage(HubQueue queue, TriggerMessage message)
    {
        _queue = queue;
        _receipt = message.Receipt;
        (Id, Count, Text) = (message.Id, message.Count, MessageText.Decode(message.Text));
    }

    /// <summary>The service's own name for it, the same at each delivery.</summary>
    public string Id { get; }

    /// <summary>Deliveries, this one included.</summary>
    public long Count { get; }

    /// <summary>What it says, decoded.</summary>
    public string Text { get; }

    /// <summary>Keeps it hidden. False: it is held no more.</summary>
    public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        if (await _queue.HideAsync(Id, _receipt, visibility, cancellationToken).ConfigureAwait(false) is not { } receipt)
            return false;
        _receipt = receipt;
        return true;
    });

    /// <summary>Removes it. That it is held no more does no harm.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => InTurnAsync(() => _queue.DeleteAsync(Id, _receipt, cancellationToken));

    private async Task<T> InTurnAsync<T>(Func<Task<T>> act)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.Exchange(ref _turn, mine.Task);
        try
        {
            await before.ConfigureAwait(false);
            return await act().ConfigureAwait(false);
        }
        finally
        {
            mine.SetResult();
        }
    }
}
