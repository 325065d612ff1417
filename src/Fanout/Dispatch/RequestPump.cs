using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Dispatch;

/// <summary>
/// Takes requests from a queue and starts their runs. One that is malformed or refused is put aside with the reason; while storage fails it waits; and
/// neither keeps the others back.
/// </summary>
/// <param name="queue">Where requests come from.</param>
/// <param name="intake">Starts the runs.</param>
/// <param name="options">How; whom to tell.</param>
/// <param name="timeProvider">The clock; null: the system's.</param>
/// <param name="logger">Where it logs; null: nowhere.</param>
public sealed class RequestPump(
    IRequestQueue queue, RequestIntake intake, RequestPumpOptions options, TimeProvider? timeProvider = null, ILogger<RequestPump>? logger = null)
{
    private const int RenewalsPerVisibility = 3;

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<RequestPump>.Instance;

    /// <summary>Until cancelled. Requests that were taken and not answered by then are given back.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var places = new SemaphoreSlim(options.AtOnce);
        var underWay = new List<Task>();
        try
        {
            var wait = TimeSpan.Zero;
            while (true)
            {
                await places.WaitAsync(stop).ConfigureAwait(false);
                await options.WhenRoomAsync(stop).ConfigureAwait(false);
                if (await TryReceiveAsync(stop).ConfigureAwait(false) is { } request)
                {
                    wait = TimeSpan.Zero;
                    underWay.RemoveAll(static answering => answering.IsCompleted);
                    underWay.Add(AnswerAsync(request, places, stop));
                }
                else
                {
                    places.Release();
                    wait = Longer(wait);
                    await Task.Delay(wait, _time, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is under way sees the same token.
        }
        finally
        {
            await Task.WhenAll(underWay).ConfigureAwait(false);
        }
    }

    private TimeSpan Longer(TimeSpan wait) =>
        wait == TimeSpan.Zero ? options.ShortestWait : TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, options.LongestWait.Ticks));

    private async Task<IRequestDelivery?> TryReceiveAsync(CancellationToken stop)
    {
        try
        {
            return await queue.ReceiveAsync(options.Visibility, stop).ConfigureAwait(false);
        }
        catch (StorageException failure)
        {
            _logger.ReceivingFailed(failure);
            return null;
        }
    }

    private async Task AnswerAsync(IRequestDelivery request, SemaphoreSlim places, CancellationToken stop)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var renewing = KeepHiddenAsync(request, held);
        try
        {
            await AnswerPatientlyAsync(request, held.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (held.IsCancellationRequested)
        {
            // Stopping: below. Or it is held no more, and whoever has it answers it.
        }
#pragma warning disable CA1031 // Whatever becomes of one request, the others are answered.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _logger.AnsweringFailed(failure, request.Id);
        }
        finally
        {
            await held.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
            if (stop.IsCancellationRequested)
                await GiveBackAsync(request).ConfigureAwait(false);
            places.Release();
        }
    }

    // A request is held while storage fails, not handed back: deliveries are counted, and must not be used up by an outage.
    private async Task AnswerPatientlyAsync(IRequestDelivery request, CancellationToken held)
    {
        var began = _time.GetTimestamp();
        for (var wait = Longer(TimeSpan.Zero); ; wait = Longer(wait))
        {
            try
            {
                await AnswerOnceAsync(request, held).ConfigureAwait(false);
                return;
            }
            catch (StorageException failure) when (_time.GetElapsedTime(began) < options.StoragePatience)
            {
                _logger.WaitsForStorage(failure, request.Id);
            }

            await Task.Delay(wait, _time, held).ConfigureAwait(false);
        }
    }

    private async Task AnswerOnceAsync(IRequestDelivery request, CancellationToken held)
    {
        var answer = request.Count > options.MostDeliveries
            ? new RequestAnswer(null, string.Create(CultureInfo.InvariantCulture, $"It was delivered {options.MostDeliveries} times and never came to an end: storage failed each time, or it ends the process that takes it."))
            : await TakeAsync(request, held).ConfigureAwait(false);
        if (answer.RunId is not { } runId)
        {
            await request.RejectAsync(answer.Refusal!, held).ConfigureAwait(false);
            return;
        }

        await options.OnStarted(runId).ConfigureAwait(false);
        await request.CompleteAsync(held).ConfigureAwait(false);
    }

    private async Task<RequestAnswer> TakeAsync(IRequestDelivery request, CancellationToken held)
    {
        try
        {
            return await intake.TakeAsync(request, held).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A handler's own check, or a source's, may throw anything; the request is put aside, and nothing else stops.
        catch (Exception failure) when (failure is not (StorageException or OperationCanceledException))
#pragma warning restore CA1031
        {
            _logger.RequestFailed(failure, request.Id);
            return new RequestAnswer(null, $"Unexpected {failure.GetType().Name}: {failure.Message}");
        }
    }

    private async Task KeepHiddenAsync(IRequestDelivery request, CancellationTokenSource held)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.Visibility / RenewalsPerVisibility, _time, held.Token).ConfigureAwait(false);
                if (await TryRenewAsync(request, held.Token).ConfigureAwait(false))
                    continue;
                await held.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // It is answered.
        }
    }

    private async Task<bool> TryRenewAsync(IRequestDelivery request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.RenewAsync(options.Visibility, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            return true; // It may still be held, and the next renewal tells; starting its run twice starts it once.
        }
    }

    private static async Task GiveBackAsync(IRequestDelivery request)
    {
        try
        {
            await request.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // It comes back by itself.
        }
    }
}
