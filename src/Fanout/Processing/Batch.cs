using Fanout.Flow;
using Fanout.Results;
using Fanout.Telemetry;

namespace Fanout.Processing;

/// <summary>
/// One execution of a batch: works a range item by item with a bounded pool of workers until the range or its slice ends, writing outcomes to
/// a part of its own.
/// </summary>
/// <remarks>
/// The batch's lock guards everything that moves: the reader, the waiting items, the counts, the part's buffer. A worker takes it once an
/// item, to settle the last and take the next. It is never held while a handler runs or while waiting.
/// </remarks>
internal sealed partial class Batch : IAsyncDisposable
{
    private readonly RunScope _scope;
    private readonly BatchInput _input;
    private readonly Lock _lock = new();
    private readonly ItemFeed _feed;
    private readonly bool _varies;
    private readonly HashSet<Worker> _workers = [];
    private readonly TallyBuilder _tally;
    private readonly LatencyCounts _latencies = new();
    private readonly Counts _before;
    private readonly BatchAbort? _abort;
    private readonly ItemError? _refusal;
    private readonly long _startedAt;
    private readonly List<PartRef> _earlierParts;
    private readonly PartBuffer? _part;
    private readonly PartJournal _journal;
    private readonly Pacer _pacer;
    private readonly PaceLine _pace;
    private readonly WaitClock _paceWaits;
    private readonly SlotClient _slots;
    private readonly BatchTrace? _trace;
    private readonly RunLogScope _logScope;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closed = new();
    private Task? _fill;
    private int _wanted;
    private bool _closing;
    private bool _isEnding;
    private bool _isOver;
    private bool _goesAsync;
    private PaceTurn _paceTurn;
    private BatchEnd _end = BatchEnd.RangeDone;
    private long _pausedUnder;
    private ITimer? _sliceTimer;
    private int _leftBehind;
    private Exception? _fault;
    private int _startsLeft;
    private long _retries;

    public Batch(RunScope scope, BatchInput input, BatchExecution execution, BatchCheckpoint? checkpoint, ItemFeed feed)
    {
        _scope = scope;
        _startedAt = scope.Time.GetTimestamp();
        _input = input;
        _feed = feed;
        _varies = feed.Varies;
        _tally = new TallyBuilder(scope.Reduction, checkpoint?.Tally);
        _before = Counts.Of(checkpoint?.Tally ?? Tally.Zero);
        _earlierParts = [.. checkpoint?.Parts ?? []];
        var name = $"part-{input.Key}-{scope.NewExecutionId()}.jsonl";
        _part = scope.Spec.Results.Keep == KeepResults.None ? null : new PartBuffer(name);
        _journal = new PartJournal(scope, input.Key, execution.Epoch, name);
        _startsLeft = input.MaxStarts ?? int.MaxValue;
        _abort = execution.Abort.CanBeCanceled ? new BatchAbort(scope) : null;
        _trace = execution.Trace;
        _logScope = new RunLogScope(scope.RunId, input.Key);
        _refusal = execution.Crashes is { } crashes ? ItemErrors.WorkerCrashed(crashes) : null;
        var most = int.MaxValue;
        if (scope.LimitsAreSplit)
        {
            var part = PartOf(scope, input);
            most = part.Concurrency;
            // The lane's next batch may follow at once, on another machine: only its first has the burst, or each batch would bring one more.
            _pacer = new Pacer(scope.Time, part.Rate, part.Burst, spent: scope.HasRunBefore || input.IsPaceSpent || input.MayHaveRun || checkpoint is not null);
            if ((checkpoint?.PaceArrival ?? input.PaceArrival) is { } arrival)
                _pacer.Owe(arrival - scope.Time.GetUtcNow());
        }
        else
        {
            _pacer = scope.Pacer;
        }

        _paceWaits = new WaitClock(scope.Time);
        _pace = new PaceLine(_pacer, scope.Limits);
        _slots = scope.Pool.Join(() => ThreadPool.UnsafeQueueUserWorkItem(static batch => _ = batch.RunWorkerAsync(), this, preferLocal: false), most);
    }

    /// <summary>
    /// Works the range. Ends early, handing the rest back, when the slice ends, the run's gate closes, the host stops, or the execution is aborted:
    /// then items in flight are cancelled and handed back too.
    /// </summary>
    /// <exception cref="SourceException">The source failed.</exception>
    /// <exception cref="StorageException">The part could not be written.</exception>
    public async Task<BatchResult> RunAsync(CancellationToken hostStopping, CancellationToken abort = default)
    {
        _scope.Enter(this);
        try
        {
            await using (WatchSlice().ConfigureAwait(false))
            await using (hostStopping.UnsafeRegister(static batch => ((Batch)batch!).Close(BatchEnd.HandedBack), this).ConfigureAwait(false))
            await using (abort.UnsafeRegister(static batch => ((Batch)batch!).Abort(), this).ConfigureAwait(false))
            {
                var journal = _journal.RunAsync(this);
                Begin();
                await _drained.Task.ConfigureAwait(false);
                SettleWaitingAsCancelled();
                await _journal.FinishAsync(journal).ConfigureAwait(false);
            }

            return Conclude();
        }
        finally
        {
            _scope.Leave(this);
        }
    }

    /// <summary>The lane it is worked for, of those of the whole run.</summary>
    public int Lane => _input.Lane;

    /// <summary>Its lane's part of the concurrency, and what caps leave of that just now.</summary>
    public (int All, int Now) Places => (AllotmentSplit.Part(_scope.Allotment, _input.Lane, _input.Lanes).Concurrency, PartOf(_scope, _input).Concurrency);

    /// <summary>What its lane had come to before this execution, over the whole run; null: nobody asks.</summary>
    public Counts? LaneBefore => _input.Before + _before;

    private TimeSpan Slice => _scope.Spec.Batch.Slice * Math.Clamp(_input.SliceFraction, 0.05, 1);

    public void OnAllotmentChanged()
    {
        if (!_scope.LimitsAreSplit)
            return;
        var part = PartOf(_scope, _input);
        _slots.Bound(part.Concurrency);
        _pacer.Retune(part.Rate, part.Burst);
    }

    /// <summary>Hands over how long the attempts took that have ended since the last time.</summary>
    public void TellLatencies(LatencyCounts to)
    {
        lock (_lock)
            _latencies.MoveTo(to);
    }

    public BatchObservation Observe()
    {
        lock (_lock)
        {
            var (inFlight, units) = (0, 0);
            foreach (var worker in _workers)
            {
                inFlight += worker.IsHandling ? 1 : 0;
                units += worker.IsHandling ? worker.Units : 0;
            }

            return new BatchObservation
            {
                Settled = _tally.Counts - _before,
                InFlight = inFlight,
                UnitsInFlight = units,
                WaitingForRetry = _feed.WaitingCount,
                NotDue = _feed.NextDue > _scope.Time.GetUtcNow() ? _feed.WaitingCount : 0,
                NextRetry = _feed.NextDue,
                RetriesAreFull = _feed.WaitingIsFull,
                WaitingForKey = (int)Math.Min(_feed.WaitingForKey, 1_000_000),
                WaitsForPace = _paceWaits.IsWaiting,
                WaitedForPace = _paceWaits.Total,
                WaitingForSource = _fill is null ? 0 : _workers.Count - inFlight,
                Reach = _goesAsync ? int.MaxValue : Environment.ProcessorCount,
                Retries = _retries,
            };
        }
    }

    private void Begin()
    {
        var gate = _scope.Gate;
        if (!gate.IsOpen)
            Close(gate.End, gate.ControlVersion);
        WantSlots();
        CheckDrained();
    }

    // A handler that completes synchronously needs a worker a processor, one that awaits needs one for each item in flight. What kind it is
    // shows at the first item; a handler that blocks its thread shows at the journal's next beat (OnBeat).
    private void WantSlots()
    {
        lock (_lock)
        {
            if (!_closing)
                PlanRetryLocked();
            WantSlotsLocked();
        }

        SetRetryTimer();
    }

    // Told under the lock: of two that count at once, the pool must hear the later one last, or nobody comes for what the earlier did not see.
    private void WantSlotsLocked()
    {
        _wanted = _closing ? 0 : WantedSlots();
        _slots.Want(_wanted);
    }

    private long CountStartable() => _startsLeft == 0 ? 0 : Math.Min(_feed.CountStartable(), _startsLeft);

    private int WantedSlots()
    {
        if (_isEnding)
            return 0;
        var most = (int)Math.Min(CountStartable() + _workers.Count, int.MaxValue);
        if (_pace.IsLimited)
            most = Math.Min(most, _workers.Count + (_paceTurn == PaceTurn.None ? 1 : 0));
        if (!_goesAsync)
            most = Math.Min(most, Environment.ProcessorCount);
        // Who is left behind holds a slot still: wanted without it, nobody would be granted one more.
        return most == 0 ? 0 : (int)Math.Min((long)most + _leftBehind, int.MaxValue);
    }

    private bool IsAnotherOfUse() => !_closing && WantedSlots() > _workers.Count + _leftBehind;

    /// <summary>Every 50 ms: workers that are all inside handlers, with items left, get company.</summary>
    internal void OnBeat()
    {
        lock (_lock)
        {
            if (_goesAsync || _closing || _workers.Count == 0)
                return;
            foreach (var worker in _workers)
            {
                if (!worker.IsStuckInHandler)
                    return;
            }

            _goesAsync = true;
        }

        WantSlots();
    }

    private void NoteHandlerAwaits()
    {
        if (_goesAsync)
            return;
        lock (_lock)
            _goesAsync = true;
        WantSlots();
    }

    /// <summary>
    /// Something other than an item failed. Storage that is full or gone is no fault of the run, which goes on once it is mended: the batch
    /// throws. Anything else ends the run, and what is settled counts.
    /// </summary>
    internal void Fail(Exception fault)
    {
        if (fault is StorageException)
        {
            lock (_lock)
                _fault ??= fault;
            Close(BatchEnd.HandedBack);
            return;
        }

        _scope.Stop(
            fault is SourceException ? CompletionReason.SourceFailed : CompletionReason.InternalFailure,
            fault is FanoutException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}");
    }

    private BatchResult Conclude()
    {
        lock (_lock)
        {
            if (_fault is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_fault);
            var ending = EndingLocked();
            return new BatchResult
            {
                End = ending.End,
                Next = _feed.Next,
                Pending = [.. _feed.DescribeWaiting().OrderBy(item => item.Index)],
                Keys = _feed.DescribeKeys(),
                Tally = _tally.ToTally(),
                Parts = Parts(),
                ItemsPerSecond = ending.ItemsPerSecond,
                Stop = ending.Stop,
                Message = ending.Message,
                ControlVersion = ending.ControlVersion,
                PaceArrival = PaceArrival(),
            };
        }
    }

    private BatchEnding EndingLocked()
    {
        var gate = _scope.Gate;
        var itemsPerSecond = (_tally.Counts - _before).Settled / Math.Max(_scope.Time.GetElapsedTime(_startedAt).TotalSeconds, 0.001);
        var stopped = _end == BatchEnd.Stopped;
        // While its last items ended the pause may have been lifted: of that its branch is not to wait for news.
        var version = _end == BatchEnd.Paused ? _pausedUnder : gate.ControlVersion;
        return new BatchEnding(_end, itemsPerSecond, stopped ? gate.Stop : null, stopped ? gate.Message : null, version);
    }

    // Of a pacer that all lanes share there is nothing to hand on.
    private DateTimeOffset? PaceArrival() =>
        _scope.LimitsAreSplit && _pacer.Ahead is { Ticks: > 0 } ahead ? _scope.Time.GetUtcNow() + ahead : null;

    private List<PartRef> Parts() => _part?.Describe() is { } part ? [.. _earlierParts, part] : _earlierParts;

    private enum PaceTurn
    {
        /// <summary>None of its workers stands before the pacer or waits to: one more is wanted.</summary>
        None,

        /// <summary>The batch waits to be called.</summary>
        Awaited,

        /// <summary>One of its workers stands before the pacer.</summary>
        Taken,
    }

    public async ValueTask DisposeAsync()
    {
        _scope.PaceTurns.Remove(this);
        _slots.Dispose();
        if (_retryTimer is not null)
            await _retryTimer.DisposeAsync().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
        _part?.Dispose();
        _abort?.Dispose();
        // Not _closed: it holds nothing, and whoever closes the run's batches may have this one in hand still.
    }
}
