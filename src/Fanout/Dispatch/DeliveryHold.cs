namespace Fanout.Dispatch;

/// <summary>
/// Keeps a delivery hidden from other workers while its batch is worked: renews it every third of its visibility. Storage that cannot be reached is
/// borne for as long as the last renewal lasts; then another worker may have the batch, and it is lost here.
/// </summary>
internal sealed class DeliveryHold : IAsyncDisposable
{
    private readonly IBatchDelivery _delivery;
    private readonly TimeSpan _visibility;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;
    private long _heldSince;

    public DeliveryHold(IBatchDelivery delivery, TimeSpan visibility, TimeProvider time)
    {
        _delivery = delivery;
        _visibility = visibility;
        _time = time;
        _heldSince = time.GetTimestamp();
        _loop = RenewAsync();
    }

    /// <summary>Cancelled when another worker may have the batch.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Renews no more: whatever is done with the delivery now is the last.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        _end.Dispose();
        _lost.Dispose();
    }

    private TimeSpan Left => _visibility - _time.GetElapsedTime(_heldSince);

    private async Task RenewAsync()
    {
        var pause = _visibility / 3;
        try
        {
            while (true)
            {
                await Task.Delay(pause < Left ? pause : Positive(Left), _time, _end.Token).ConfigureAwait(false);
                var renewed = await TryRenewAsync().ConfigureAwait(false);
                if (renewed == false || Left <= TimeSpan.Zero)
                    break;
                pause = renewed is null ? _visibility / 12 : _visibility / 3;
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return;
        }

        await _lost.CancelAsync().ConfigureAwait(false);
    }

    // Null: it is not known whether it is still held.
    private async Task<bool?> TryRenewAsync()
    {
        // The renewal counts from when it was asked for: it may have reached the queue at once.
        var asked = _time.GetTimestamp();
        using var expiry = new CancellationTokenSource(Positive(Left), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, _end.Token);
        try
        {
            if (!await _delivery.RenewAsync(_visibility, either.Token).ConfigureAwait(false))
                return false;
            _heldSince = asked;
            return true;
        }
        catch (StorageException)
        {
            return null;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !_end.IsCancellationRequested)
        {
            return null;
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
