using Fanout.Dispatch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Azure.Queues;

/// <summary>
/// Requests in the hub's queue <c>requests</c>: a spec's JSON, plain or as base64; or <c>{ "blob": "CONTAINER/NAME" }</c>, which names a blob of the
/// account with one of up to 2 MiB. Those that are refused go to <c>requests-poison</c>.
/// </summary>
public sealed class AzureRequestQueue : IRequestQueue
{
    /// <summary>The queue's name in the hub.</summary>
    public const string Name = "requests";

    private readonly AzureStorage _storage;
    private readonly HubQueue _queue;
    private readonly PoisonQueue _poison;

    /// <summary>Names the queue; nothing is contacted yet.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="logger">Where it is logged that a request was put aside; null: nowhere.</param>
    public AzureRequestQueue(AzureStorage storage, ILogger<AzureRequestQueue>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        _storage = storage;
        _queue = new HubQueue(storage, storage.Queue(Name));
        _poison = new PoisonQueue(storage, Name, logger ?? NullLogger<AzureRequestQueue>.Instance);
    }

    /// <inheritdoc/>
    public async Task<IRequestDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken) =>
        await _queue.ReceiveAsync(1, visibility, cancellationToken).ConfigureAwait(false) is [var message]
            ? new AzureRequestDelivery(_storage, _poison, message)
            : null;
}
