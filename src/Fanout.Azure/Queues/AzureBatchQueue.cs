using Fanout.Dispatch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Azure.Queues;

/// <summary>Batches in the hub's queue <c>batches</c>, their results in <c>completions</c>.</summary>
/// <remarks>
/// A batch costs five requests and its share of a sixth: it is sent, received and removed; its result is sent, received together with up to 31 others, and
/// removed. Each renewal is one more, and each large message two or three: its blob is written, read, and deleted.
/// </remarks>
public sealed class AzureBatchQueue : IBatchQueue
{
    /// <summary>The queue's name in the hub.</summary>
    public const string Name = "batches";

    private readonly JsonQueue<BatchMessage> _batches;
    private readonly JsonQueue<BatchCompletion> _completions;

    /// <summary>Names the queues; nothing is contacted yet.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="logger">Where it is logged that a message was put aside; null: nowhere.</param>
    public AzureBatchQueue(AzureStorage storage, ILogger<AzureBatchQueue>? logger = null)
    {
        ILogger log = logger ?? NullLogger<AzureBatchQueue>.Instance;
        _batches = new JsonQueue<BatchMessage>(storage, Name, BatchFlaws.Of, log);
        _completions = new JsonQueue<BatchCompletion>(storage, AzureBatchCompletions.Name, BatchFlaws.Of, log);
    }

    /// <inheritdoc/>
    public Task SendAsync(BatchMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _batches.SendAsync(message.Input.RunId, message.Input.Key, message, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>One at a time: more would be hidden from workers that are free.</remarks>
    public async Task<IBatchDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken)
    {
        while (await _batches.ReceiveAsync(1, visibility, cancellationToken).ConfigureAwait(false) is { } received)
        {
            if (received is [var batch])
                return new AzureBatchDelivery(
                    _batches, batch, (completion, token) => _completions.SendAsync(batch.Value.Input.RunId, completion.Key, completion, token));
        }

        return null;
    }

    /// <inheritdoc/>
    public Task<bool> HasWaitingAsync(CancellationToken cancellationToken) => _batches.HasWaitingAsync(cancellationToken);

    /// <summary>Deletes the blobs that large messages of a run have left: of a run that is purged.</summary>
    /// <exception cref="StorageException">They cannot be deleted now.</exception>
    public static Task DeleteRunAsync(AzureStorage storage, string runId, CancellationToken cancellationToken) =>
        new ClaimChecks(storage).DeleteRunAsync(runId, cancellationToken);
}
