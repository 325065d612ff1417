using Fanout.Dispatch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Azure.Queues;

/// <summary>Results of batches in the hub's queue <c>completions</c>, taken 32 at a time and handed on side by side.</summary>
/// <remarks>
/// A result that cannot be handed on comes again, later each time (1 s, doubling to a minute). One that storage is not to blame for is put into
/// <c>completions-poison</c> after <see cref="MostDeliveries"/>.
/// </remarks>
public sealed class AzureBatchCompletions : IBatchCompletions
{
    /// <summary>The queue's name in the hub.</summary>
    public const string Name = "completions";

    /// <summary>Deliveries of one result that fail before it is put aside: 10.</summary>
    public const int MostDeliveries = 10;

    private const int MostAtOnce = 32;
    private const int MostDoublings = 6;

    // Handing one on is a short transaction, and handing it on twice does no harm; but when a coordinator crashes, or the answer to a receive is
    // lost, branches wait for it to be over.
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(10);

    private readonly JsonQueue<BatchCompletion> _queue;
    private readonly ILogger _logger;

    /// <summary>Names the queue; nothing is contacted yet.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="logger">Where failures to hand on are logged; null: nowhere.</param>
    public AzureBatchCompletions(AzureStorage storage, ILogger<AzureBatchCompletions>? logger = null)
    {
        _logger = logger ?? NullLogger<AzureBatchCompletions>.Instance;
        _queue = new JsonQueue<BatchCompletion>(storage, Name, BatchFlaws.Of, _logger);
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The queue cannot be read now, or <paramref name="deliver"/> could not store a result; the others have been handed on.</exception>
    public async Task<int> DeliverAsync(Func<BatchCompletion, CancellationToken, Task> deliver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (await _queue.ReceiveAsync(MostAtOnce, Visibility, cancellationToken).ConfigureAwait(false) is not { } received)
            return 0;
        var failures = await Task.WhenAll(received.Select(one => HandOnAsync(one, deliver, cancellationToken))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return failures.OfType<StorageException>().FirstOrDefault() is { } failure ? throw failure : received.Count;
    }

    private async Task<Exception?> HandOnAsync(
        Received<BatchCompletion> received, Func<BatchCompletion, CancellationToken, Task> deliver, CancellationToken cancellationToken)
    {
        try
        {
            await deliver(received.Value, cancellationToken).ConfigureAwait(false);
            await _queue.DeleteAsync(received, cancellationToken).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // One result that cannot be handed on must not keep the others back.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await PutBackAsync(received, failure, cancellationToken.IsCancellationRequested).ConfigureAwait(false);
            return failure;
        }
    }

    private async Task PutBackAsync(Received<BatchCompletion> received, Exception failure, bool stopping)
    {
        var (message, completion) = (received.Message, received.Value);
        try
        {
            if (stopping)
            {
                await message.RenewAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
                return;
            }

            QueueLogs.NotDelivered(_logger, failure, completion.Key, completion.InstanceId);
            if (failure is not StorageException && message.Count >= MostDeliveries)
                await _queue.PoisonAsync(message, $"It could not be handed to '{completion.InstanceId}': {failure.Message}", CancellationToken.None).ConfigureAwait(false);
            else
                await message.RenewAsync(TimeSpan.FromSeconds(1 << (int)Math.Min(message.Count - 1, MostDoublings)), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // It comes again by itself, when it has been hidden long enough.
        }
    }
}
