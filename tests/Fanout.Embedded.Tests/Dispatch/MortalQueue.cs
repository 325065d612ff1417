using Fanout.Dispatch;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>A queue as a worker's process sees it, for as long as it lives.</summary>
internal sealed class MortalQueue(IBatchQueue inner, WorkerLife life) : IBatchQueue
{
    public Task SendAsync(BatchMessage message, CancellationToken cancellationToken) => inner.SendAsync(message, cancellationToken);

    public async Task<IBatchDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken)
    {
        await life.GoOnAsync();
        return await inner.ReceiveAsync(visibility, cancellationToken) is { } delivery ? new Delivery(delivery, life) : null;
    }

    private sealed class Delivery(IBatchDelivery inner, WorkerLife life) : IBatchDelivery
    {
        public BatchMessage Message => inner.Message;

        public long Count => inner.Count;

        public async Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken)
        {
            await life.GoOnAsync();
            return await inner.RenewAsync(visibility, cancellationToken);
        }

        public async Task CompleteAsync(BatchCompletion completion, CancellationToken cancellationToken)
        {
            await life.GoOnAsync();
            await inner.CompleteAsync(completion, cancellationToken);
        }

        public async Task ReleaseAsync(CancellationToken cancellationToken)
        {
            await life.GoOnAsync();
            await inner.ReleaseAsync(cancellationToken);
        }
    }
}
