using Fanout.Results;

namespace Fanout.Processing;

/// <summary>
/// Makes durable what a batch settles: appends its lines to the part when enough have gathered, and every checkpoint interval, or sooner while that is cheap, syncs the part
/// and then writes the checkpoint that counts them. In that order, so that a checkpoint never counts what is not there.
/// </summary>
internal sealed class PartJournal(RunScope scope, string batchKey, long epoch, string partName) : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    // Where writes are free a checkpoint comes up to so many times as often as asked for, while checkpoints take no more than this part of the time.
    private const int MostPerInterval = 4;
    private const int LeastTimeBetween = 50;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private TaskCompletionSource _written = NewSignal();
    private IPartWriter? _part;
    private bool _changed;
    private Batch? _batch;
    private TimeSpan _cost;
    private bool _isAsked;
    private volatile bool _isFinishing;

    private TimeSpan Interval
    {
        get
        {
            var longest = scope.Spec.Batch.Checkpoint;
            return scope.Results.WritesAreFree ? TimeSpan.FromTicks(Math.Clamp(LeastTimeBetween * _cost.Ticks, longest.Ticks / MostPerInterval, longest.Ticks)) : longest;
        }
    }

    /// <summary>Asks for a write before the interval is over.</summary>
    public void Wake()
    {
        Volatile.Write(ref _isAsked, true);
        Rouse();
    }

    /// <summary>Completes after the next write, or when there will be none.</summary>
    public Task WhenWrittenAsync()
    {
        var signal = Volatile.Read(ref _written).Task;
        Wake();
        return signal;
    }

    /// <summary>Runs until <see cref="FinishAsync"/>; a failure closes the batch.</summary>
    public async Task RunAsync(Batch batch)
    {
        _batch = batch;
        var lastCheckpoint = scope.Time.GetTimestamp();
        var beats = scope.Time.CreateTimer(static journal => ((PartJournal)journal!).Rouse(), this, Beat, Beat);
        await using var ending = beats.ConfigureAwait(false);
        try
        {
            while (!_isFinishing)
            {
                await _wake.WaitAsync().ConfigureAwait(false);
                var asked = Interlocked.Exchange(ref _isAsked, false);
                batch.OnBeat();
                var begun = scope.Time.GetTimestamp();
                var due = scope.Time.GetElapsedTime(lastCheckpoint, begun) >= Interval;
                if (due || asked)
                    await WriteAsync(checkpoint: due, last: false).ConfigureAwait(false);
                if (!due)
                    continue;
                lastCheckpoint = scope.Time.GetTimestamp();
                _cost = scope.Time.GetElapsedTime(begun, lastCheckpoint);
            }
        }
        catch (StorageException fault)
        {
            batch.Fail(fault);
            throw;
        }
        finally
        {
            Volatile.Read(ref _written).TrySetResult();
        }
    }

    /// <summary>Ends the loop and makes everything durable.</summary>
    public async Task FinishAsync(Task loop)
    {
        _isFinishing = true;
        Rouse();
        await loop.ConfigureAwait(false);
        await WriteAsync(checkpoint: true, last: true).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_part is not null)
            await _part.DisposeAsync().ConfigureAwait(false);
        _wake.Dispose();
    }

    private void Rouse()
    {
        if (_wake.CurrentCount > 0)
            return;
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else did at the same time.
        }
    }

    private async Task WriteAsync(bool checkpoint, bool last)
    {
        var (bytes, state) = _batch!.Snapshot(last);
        _changed |= bytes.Length > 0 || state.Tally.Settled > 0 || state.Unsettled.Count > 0;
        // Delivered once more it would be worked again, though its branch has handed the rest to others.
        _changed |= last && scope.LimitsAreSplit;
        if (bytes.Length > 0)
        {
            _part ??= await scope.Results.CreatePartAsync(scope.RunId, partName, CancellationToken.None).ConfigureAwait(false);
            await _part.AppendAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }

        Interlocked.Exchange(ref _written, NewSignal()).TrySetResult();
        if (!checkpoint || !_changed)
            return;
        if (_part is not null)
            await _part.SyncAsync(CancellationToken.None).ConfigureAwait(false);
        await state.WriteAsync(scope.Results, scope.RunId, batchKey, epoch).ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
