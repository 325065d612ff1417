namespace Fanout.Dispatch;

/// <summary>
/// Where branches send batches and workers take them: at least once each, in no order. A message that was received is hidden from others for as long
/// as its receiver renews it; one that is not renewed comes back, and counts one delivery more.
/// </summary>
public interface IBatchQueue
{
    /// <summary>Sends a batch. Sending it twice does no harm: its branch takes the first result.</summary>
    /// <exception cref="StorageException">It cannot be sent now.</exception>
    Task SendAsync(BatchMessage message, CancellationToken cancellationToken);

    /// <summary>Takes a batch; null: there is none just now.</summary>
    /// <param name="visibility">How long it stays hidden without being renewed, 1 s to 7 d.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageException">The queue cannot be read now.</exception>
    Task<IBatchDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>True: batches wait there that nobody has received; or it cannot be told, which is the default. False: whatever was sent has been received at least once.</summary>
    /// <exception cref="StorageException">The queue cannot be read now.</exception>
    Task<bool> HasWaitingAsync(CancellationToken cancellationToken) => Task.FromResult(true);
}

/// <summary>A batch that was taken from the queue.</summary>
public interface IBatchDelivery
{
    /// <summary>The batch.</summary>
    BatchMessage Message { get; }

    /// <summary>How often it was delivered, this time included: from 1.</summary>
    long Count { get; }

    /// <summary>Keeps it hidden for another while. False: it was taken from here, and another worker may have it.</summary>
    /// <exception cref="StorageException">It cannot be renewed now; it may still be held.</exception>
    Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>Sends the result on its way to the branch, durably, and then removes the message. In that order: a crash in between repeats the batch and loses nothing.</summary>
    /// <exception cref="StorageException">It cannot be sent now.</exception>
    Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken);

    /// <summary>Lets others have it at once.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>Where the results of batches that were sent arrive.</summary>
public interface IBatchCompletions
{
    /// <summary>
    /// Takes results that have arrived, hands each to <paramref name="deliver"/>, and removes it once that is done; one that fails comes again.
    /// Returns how many there were.
    /// </summary>
    /// <exception cref="StorageException">The queue cannot be read now.</exception>
    Task<int> DeliverAsync(Func<BatchCompletion, CancellationToken, Task> deliver, CancellationToken cancellationToken);
}
