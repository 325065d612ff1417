using Fanout.Flow;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fanout.Dispatch;

/// <summary>
/// Takes batches from a queue and works them, by the same code as the activity does. Any number of workers, on any number of machines, share the
/// batches of any number of runs.
/// </summary>
/// <remarks>
/// A batch counts when its result has been sent; until then its message comes back. So a worker may be killed at any moment, and a batch that cannot
/// be ended for storage that fails is gone on with, here or elsewhere, where its last checkpoint was.
/// </remarks>
public sealed class BatchWorker : IAsyncDisposable
{
    // A message that this worker cannot or must not work now is left to others for so long.
    private static readonly TimeSpan PutOffFor = TimeSpan.FromSeconds(5);

    private readonly RunEnvironment _environment;
    private readonly BatchWorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkerRuns _runs;
    private readonly Patience _patience;
    private readonly AloneGate _gate = new();

    /// <summary>A worker that works nothing yet.</summary>
    /// <param name="environment">What it offers the runs; its queue is where <see cref="RunAsync"/> takes batches from.</param>
    /// <param name="options">How it takes them; null: the defaults.</param>
    public BatchWorker(RunEnvironment environment, BatchWorkerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _environment = environment;
        _options = options ?? new BatchWorkerOptions();
        _time = environment.Time;
        _logger = environment.LoggerFactory.CreateLogger<BatchWorker>();
        _runs = new WorkerRuns(environment, _options.KeepRunsFor);
        _patience = new Patience(_time, environment.NextRandom, _logger);
    }

    /// <summary>Takes batches and works them until it is told to stop. Then the rest of each is handed back, within the grace period.</summary>
    /// <exception cref="InvalidOperationException">The environment has no queue.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var queue = _environment.Queue ?? throw new InvalidOperationException("A worker needs a queue to take batches from.");
        using var inbox = new BatchInbox(queue, _gate, _options, _time, _patience);
        await Task.WhenAll(Enumerable.Range(0, _options.Loops).Select(_ => LoopAsync(inbox, stopping))).ConfigureAwait(false);
    }

    /// <summary>Works one delivered batch to its end, and sends its result; or leaves it to others.</summary>
    /// <param name="delivery">The batch.</param>
    /// <param name="stopping">This process is stopping: the rest of the batch is handed back.</param>
    public async Task WorkAsync(IBatchDelivery delivery, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var hold = new DeliveryHold(delivery, _options.Visibility, _time);
        await using var holding = hold.ConfigureAwait(false);
        using var grace = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        await using var stop = stopping.UnsafeRegister(_ => grace.CancelAfter(_options.Grace), null).ConfigureAwait(false);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(hold.Lost, grace.Token);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(hold.Lost, stopping);
        try
        {
            if (delivery is { Count: 1, Message.SentAt: { } sentAt })
                BatchInstruments.QueueAge.Record(Math.Max(0, (_time.GetUtcNow() - sentAt).TotalSeconds));
            var claim = new BatchClaim(_environment.Results, delivery.Message.Input);
            var result = await _patience.DoAsync(() => ExecuteAsync(delivery, claim, stopping, abort.Token, giveUp.Token), giveUp.Token).ConfigureAwait(false);
            if (hold.Lost.IsCancellationRequested)
                _logger.Lost(delivery.Message.Input.RunId, delivery.Message.Input.Key);
            else
                await EndAsync(delivery, hold, result, abort.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            if (!hold.Lost.IsCancellationRequested)
                await ReleaseAsync(delivery, hold).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the runs it has open. What is being worked is aborted, and comes back to others.</summary>
    public ValueTask DisposeAsync() => _runs.DisposeAsync();

    private async Task LoopAsync(BatchInbox inbox, CancellationToken stopping)
    {
        while (await NextAsync(inbox, stopping).ConfigureAwait(false) is { } delivery)
        {
            try
            {
                await WorkAsync(delivery, stopping).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A delivery that cannot be dealt with comes back; the worker has others.
            catch (Exception failed)
#pragma warning restore CA1031
            {
                _logger.DeliveryFailed(failed);
            }
        }
    }

    // Null: it is to stop.
    private static async Task<IBatchDelivery?> NextAsync(BatchInbox inbox, CancellationToken stopping)
    {
        try
        {
            return await inbox.TakeAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    // Null: it is left to others.
    private async Task<BatchResult?> ExecuteAsync(IBatchDelivery delivery, BatchClaim claim, CancellationToken stopping, CancellationToken abort, CancellationToken giveUp)
    {
        var input = delivery.Message.Input;
        try
        {
            using var run = await _runs.EnterAsync(input.RunId).ConfigureAwait(false);
            if (run is not null)
                return await ExecuteAsync(run.Scope, delivery, claim, stopping, abort, giveUp).ConfigureAwait(false);
            _logger.Dropped(input.RunId, input.Key);
            return BatchCheckpoint.Start(input).ToResult(BatchEnd.HandedBack);
        }
        catch (SpecException lacking)
        {
            _logger.CannotWork(lacking, input.RunId, input.Key);
            return null;
        }
        catch (Exception failed) when (failed is not (StorageException or OperationCanceledException))
        {
            _logger.CouldNotWork(failed, input.RunId, input.Key);
            return await FailAsync(input, failed).ConfigureAwait(false);
        }
    }

    private async Task<BatchResult?> ExecuteAsync(
        RunScope scope, IBatchDelivery delivery, BatchClaim claim, CancellationToken stopping, CancellationToken abort, CancellationToken giveUp)
    {
        var input = delivery.Message.Input;
        var checkpoint = await BatchCheckpoint.FindAsync(_environment.Results, input.RunId, input.Key).ConfigureAwait(false);
        if (await FindResultAsync(input, checkpoint).ConfigureAwait(false) is { } known)
            return known;
        if (claim.IsMade ? checkpoint?.Epoch > claim.Epoch : IsBeingWorked(checkpoint))
            return PutOff(input);

        var treatment = await TreatAsync(scope, delivery).ConfigureAwait(false);
        if (treatment.Kind == TreatmentKind.Split)
        {
            _logger.Split(input.RunId, input.Key, delivery.Count);
            return (checkpoint ?? BatchCheckpoint.Start(input)).ToResult(BatchEnd.Crashed) with { MaxStarts = input.MaxStarts ?? FewStarts(scope, input) };
        }

        using var turn = await _gate.EnterAsync(input.Isolated, giveUp).ConfigureAwait(false);
        await Activities.CatchUpAsync(scope, _environment.Catalog, input).ConfigureAwait(false);
        if (!await claim.TryMakeAsync(checkpoint, treatment.Kind == TreatmentKind.Alone, _time.GetUtcNow()).ConfigureAwait(false))
            return PutOff(input);
        input = input with { MayHaveRun = input.Sending > 0 || delivery.Count > 1 };
        switch (treatment.Kind)
        {
            case TreatmentKind.Careful:
                input = input with { MaxStarts = FewStarts(scope, input), MoreFollows = true };
                break;
            case TreatmentKind.Blame:
                _logger.Blamed(input.RunId, input.Key, treatment.Crashes);
                break;
        }

        var execution = new BatchExecution(claim.Epoch, stopping, abort)
        {
            Crashes = treatment.Kind == TreatmentKind.Blame ? treatment.Crashes : null,
            Parent = TraceParent.Parse(delivery.Message.TraceParent),
        };
        return await Activities.WorkBatchAsync(scope, input, checkpoint, execution).ConfigureAwait(false);
    }

    // What was worked to its end before is not worked again: its result may not have arrived, or it has and the message could not be removed.
    private async Task<BatchResult?> FindResultAsync(BatchInput input, BatchCheckpoint? checkpoint)
    {
        if (checkpoint is not null)
        {
            // The one start it was to make has been made.
            var isStepDone = input is { Isolated: true, MaxStarts: 1 } && checkpoint.Tally.Settled > 0;
            return isStepDone ? checkpoint.ToResult(BatchEnd.RangeDone) : BatchEnding.ResultOf(checkpoint);
        }

        // A branch that has ended deletes its checkpoints.
        if (await BranchManifest.ReadAsync(_environment.Results, input.RunId, BranchOrchestration.BranchOf(input.Key), CancellationToken.None).ConfigureAwait(false) is null)
            return null;
        _logger.Dropped(input.RunId, input.Key);
        return BatchCheckpoint.Start(input).ToResult(BatchEnd.HandedBack);
    }

    // A message that was sent twice, or taken from a worker that has not noticed yet. One that comes back from the dead has been hidden for longer.
    private bool IsBeingWorked(BatchCheckpoint? checkpoint) =>
        checkpoint is { Survived: false } && (_time.GetUtcNow() - checkpoint.At).Duration() < _options.Visibility / 2;

    private async Task<Treatment> TreatAsync(RunScope scope, IBatchDelivery delivery)
    {
        var input = delivery.Message.Input;
        var earlier = Treatment.NeedsHistory(delivery.Count, input, _options.MaxDeliveries)
            ? await BatchCheckpoint.FindAllAsync(_environment.Results, input.RunId, input.Key).ConfigureAwait(false)
            : [];
        return Treatment.Of(delivery.Count, input, scope.Spec.Flow.PerKey is not null, earlier, _options.MaxDeliveries);
    }

    // As many as its lane may have in flight.
    private static int FewStarts(RunScope scope, BatchInput input) =>
        Math.Max(1, AllotmentSplit.Part(scope.Allotment, input.Lane, input.Lanes).Concurrency);

    private BatchResult? PutOff(BatchInput input)
    {
        _logger.PutOff(input.RunId, input.Key);
        return null;
    }

    // What the batch has settled counts all the same.
    private async Task<BatchResult> FailAsync(BatchInput input, Exception failed)
    {
        var checkpoint = await BatchCheckpoint.FindAsync(_environment.Results, input.RunId, input.Key).ConfigureAwait(false);
        return (checkpoint ?? BatchCheckpoint.Start(input)).ToResult(BatchEnd.Stopped) with
        {
            Stop = CompletionReason.InternalFailure,
            Message = failed is FanoutException ? failed.Message : $"{failed.GetType().Name}: {failed.Message}",
        };
    }

    private async Task EndAsync(IBatchDelivery delivery, DeliveryHold hold, BatchResult? result, CancellationToken giveUp)
    {
        await hold.EndAsync().ConfigureAwait(false);
        if (result is not null)
            await _patience.DoAsync(() => delivery.CompleteAsync(new BatchCompletion(delivery.Message.InstanceId, delivery.Message.Input.Key, result), giveUp), giveUp).ConfigureAwait(false);
        else
            await _patience.DoAsync(() => delivery.RenewAsync(PutOffFor, giveUp), giveUp).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(IBatchDelivery delivery, DeliveryHold hold)
    {
        await hold.EndAsync().ConfigureAwait(false);
        try
        {
            await delivery.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageException failed)
        {
            // It comes back by itself.
            _logger.StorageFailed(failed);
        }
    }
}
