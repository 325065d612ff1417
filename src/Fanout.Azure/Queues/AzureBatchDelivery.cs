using Fanout.Dispatch;

namespace Fanout.Azure.Queues;

/// <summary>A batch that a worker holds.</summary>
/// <param name="batches">The queue it is from.</param>
/// <param name="received">The batch.</param>
/// <param name="tell">Brings its result on the way to its branch, durably.</param>
internal sealed class AzureBatchDelivery(
    JsonQueue<BatchMessage> batches, Received<BatchMessage> received, Func<BatchCompletion, CancellationToken, Task> tell) : IBatchDelivery
{
    public BatchMessage Message => received.Value;

    public long Count => received.Message.Count;

    public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => received.Message.RenewAsync(visibility, cancellationToken);

    public async Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completion);
        await tell(completion, cancellationToken).ConfigureAwait(false);
        await batches.DeleteAsync(received, cancellationToken).ConfigureAwait(false);
    }

    public Task ReleaseAsync(CancellationToken cancellationToken) => received.Message.RenewAsync(TimeSpan.Zero, cancellationToken);
}
