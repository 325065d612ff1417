using Fanout.Dispatch;
using Microsoft.Extensions.Logging;

namespace Fanout.Azure.Queues;

/// <summary>
/// Messages of the hub's queues that a Functions host received. It hides a message for ten minutes: when an instance is killed, what it was doing would
/// wait for that long. So each is taken over, hidden for less and renewed while it is worked, and removed here; what the host then still does with it, by
/// a receipt that is good no more, comes to nothing, and it does not mind.
/// </summary>
public sealed class AzureTriggers
{
    private readonly AzureStorage _storage;
    private readonly JsonQueue<BatchMessage> _batches;
    private readonly JsonQueue<BatchCompletion> _completions;
    private readonly HubQueue _requests;
    private readonly PoisonQueue _poison;

    /// <summary>Names the queues; nothing is contacted yet.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="loggers">Where it is logged that a message was put aside.</param>
    public AzureTriggers(AzureStorage storage, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(loggers);
        _storage = storage;
        _batches = new JsonQueue<BatchMessage>(storage, AzureBatchQueue.Name, BatchFlaws.Of, loggers.CreateLogger<AzureBatchQueue>());
        _completions = new JsonQueue<BatchCompletion>(storage, AzureBatchCompletions.Name, BatchFlaws.Of, loggers.CreateLogger<AzureBatchCompletions>());
        _requests = new HubQueue(storage, storage.Queue(AzureRequestQueue.Name));
        _poison = new PoisonQueue(storage, AzureRequestQueue.Name, loggers.CreateLogger<AzureRequestQueue>());
    }

    /// <summary>For how long a message is hidden that is not renewed: 20 s.</summary>
    public static TimeSpan Visibility { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Makes the queue of requests, so that whoever wants a run finds where to ask for it. The others are made by who sends to them.</summary>
    /// <exception cref="StorageException">It cannot be made now.</exception>
    public Task OpenForRequestsAsync(CancellationToken cancellationToken) => _requests.CreateAsync(cancellationToken);

    /// <summary>A batch to be worked. Null: somebody else has it by now, it was done before, or the message is none and was put aside.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tell">Brings its result to its branch: whoever can do that need not send it through a queue first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageException">It cannot be read now, and comes again.</exception>
    public async Task<IBatchDelivery?> OpenBatchAsync(TriggerMessage message, Func<BatchCompletion, CancellationToken, Task> tell, CancellationToken cancellationToken) =>
        await _batches.TakeOverAsync(message, Visibility, cancellationToken).ConfigureAwait(false) is { } received
            ? new AzureBatchDelivery(_batches, received, tell)
            : null;

    /// <summary>Hands a batch's result on. A message that is none is put aside.</summary>
    /// <exception cref="StorageException">It cannot be read now, and comes again.</exception>
    public async Task DeliverAsync(TriggerMessage message, Func<BatchCompletion, Task> deliver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (await _completions.TakeOverAsync(message, Visibility, cancellationToken).ConfigureAwait(false) is not { } received)
            return;
        await deliver(received.Value).ConfigureAwait(false);
        await _completions.DeleteAsync(received, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request for a run. Null: somebody else has it by now.</summary>
    /// <exception cref="StorageException">It cannot be taken over now, and comes again.</exception>
    public async Task<IRequestDelivery?> OpenRequestAsync(TriggerMessage message, CancellationToken cancellationToken)
    {
        var taken = new HubMessage(_requests, message);
        return await taken.RenewAsync(Visibility, cancellationToken).ConfigureAwait(false) ? new AzureRequestDelivery(_storage, _poison, taken) : null;
    }
}
