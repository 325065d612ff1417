using Fanout.Dispatch;

namespace Fanout.Azure.Queues;

/// <summary>A batch that a worker holds.</summary>
internal sealed class AzureBatchDelivery(
    JsonQueue<BatchMessage> batches, JsonQueue<BatchCompletion> completions, Received<BatchMessage> received) : IBatchDelivery
{
    public BatchMessage Message => received.Value;

    public long Count => received.Message.Count;

    public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken) => received.Message.RenewAsync(visibility, cancellationToken);

    public async Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completion);
        await completions.SendAsync(Message.Input.RunId, completion.Key, completion, cancellationToken).ConfigureAwait(false);
        await batches.DeleteAsync(received, cancellationToken).ConfigureAwait(false);
    }

    public Task ReleaseAsync(CancellationToken cancellationToken) => received.Message.RenewAsync(TimeSpan.Zero, cancellationToken);
}
