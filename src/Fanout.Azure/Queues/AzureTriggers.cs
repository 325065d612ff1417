using Fanout.Dispatch;
using Microsoft.Extensions.Logging;

namespace Fanout.Azure.Queues;

/// <summary>Messages of the hub's queues that a Functions host received: it keeps them hidden while a function runs, and removes them when that has succeeded.</summary>
public sealed class AzureTriggers
{
    private readonly JsonQueue<BatchMessage> _batches;
    private readonly JsonQueue<BatchCompletion> _completions;
    private readonly PoisonQueue _requests;

    /// <summary>Names the queues; nothing is contacted yet.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="loggers">Where it is logged that a message was put aside.</param>
    public AzureTriggers(AzureStorage storage, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(loggers);
        _batches = new JsonQueue<BatchMessage>(storage, AzureBatchQueue.Name, BatchFlaws.Of, loggers.CreateLogger<AzureBatchQueue>());
        _completions = new JsonQueue<BatchCompletion>(storage, AzureBatchCompletions.Name, BatchFlaws.Of, loggers.CreateLogger<AzureBatchCompletions>());
        _requests = new PoisonQueue(storage, AzureRequestQueue.Name, loggers.CreateLogger<AzureRequestQueue>());
    }

    /// <summary>A batch to be worked. Null: it was done before, or the message is none, of which a copy was put aside.</summary>
    /// <param name="id">The message's.</param>
    /// <param name="count">How often it was delivered, this time included.</param>
    /// <param name="text">What it says, decoded.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StorageException">It cannot be read now, and comes again.</exception>
    public async Task<TriggeredBatch?> OpenBatchAsync(string id, long count, string text, CancellationToken cancellationToken) =>
        await _batches.ReadAsync(id, text, cancellationToken).ConfigureAwait(false) is var (message, claim)
            ? new TriggeredBatch(message, count, (completion, token) => CompleteAsync(message, claim, completion, token))
            : null;

    /// <summary>Hands a batch's result on. A message that is none is put aside.</summary>
    /// <exception cref="StorageException">It cannot be read now, and comes again.</exception>
    public async Task DeliverAsync(string id, string text, Func<BatchCompletion, Task> deliver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (await _completions.ReadAsync(id, text, cancellationToken).ConfigureAwait(false) is not var (completion, claim))
            return;
        await deliver(completion).ConfigureAwait(false);
        await _completions.DeleteAsync(claim, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts a request aside that was refused.</summary>
    /// <exception cref="StorageException">It cannot be put aside now, and comes again.</exception>
    public Task RefuseAsync(string id, string text, string reason, CancellationToken cancellationToken) => _requests.KeepAsync(id, text, reason, cancellationToken);

    private async Task CompleteAsync(BatchMessage message, BlobClaim? claim, BatchCompletion completion, CancellationToken cancellationToken)
    {
        await _completions.SendAsync(message.Input.RunId, completion.Key, completion, cancellationToken).ConfigureAwait(false);
        await _batches.DeleteAsync(claim, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>A batch whose message is a Functions host's.</summary>
public sealed class TriggeredBatch : IBatchDelivery
{
    private readonly Func<BatchCompletion, CancellationToken, Task> _complete;

    internal TriggeredBatch(BatchMessage message, long count, Func<BatchCompletion, CancellationToken, Task> complete)
    {
        (Message, Count) = (message, count);
        _complete = complete;
    }

    /// <inheritdoc/>
    public BatchMessage Message { get; }

    /// <inheritdoc/>
    public long Count { get; }

    /// <summary>Its result is on its way: the message may be removed. Else it is to come again.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The host keeps it hidden.</summary>
    public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Sends the result on its way. The host removes the message.</summary>
    public async Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken)
    {
        await _complete(completion, cancellationToken).ConfigureAwait(false);
        IsDone = true;
    }

    /// <summary>The host lets others have it when the function fails.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
