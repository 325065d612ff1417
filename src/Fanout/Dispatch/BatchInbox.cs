namespace Fanout.Dispatch;

/// <summary>Where a worker's loops get their batches: one of them asks the queue at a time, less often the longer it is empty, so that idle loops cost nothing.</summary>
internal sealed class BatchInbox(IBatchQueue queue, AloneGate gate, BatchWorkerOptions options, TimeProvider time, Patience patience) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The next batch, whenever there is one.</summary>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    public async Task<IBatchDelivery> TakeAsync(CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            for (var idle = options.IdleAtLeast; ; idle = idle * 2 < options.IdleAtMost ? idle * 2 : options.IdleAtMost)
            {
                // What would have to wait here is better taken by others.
                await gate.WhenOpenAsync(stopping).ConfigureAwait(false);
                if (await patience.DoAsync(() => queue.ReceiveAsync(options.Visibility, stopping), stopping).ConfigureAwait(false) is { } delivery)
                    return delivery;
                await Task.Delay(idle, time, stopping).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
