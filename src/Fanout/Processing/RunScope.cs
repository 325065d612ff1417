using Fanout.Flow;
using Fanout.Handlers;
using Fanout.Processing.Limits;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fanout.Processing;

/// <summary>
/// One run in this process: what its batches share. Its handler, its pool and pacer, the gate that says whether items may start, and the
/// live numbers. Created when a process first works the run, disposed when it stops doing so.
/// </summary>
public sealed partial class RunScope : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Batch> _batches = [];
    private readonly CancellationTokenSource _cancelHandlers = new();
    private readonly CancellationTokenSource _abandonHandlers;
    private readonly RunScopeServices _services;
    private readonly ProgressMeter _meter;
    private readonly long _startedAt;
    private volatile RunGate _gate = RunGate.Open;
    private RunControl _control = RunControl.Initial;
    private Allotment _allotment;
    private Counts _ended;
    private long _unsuccessful;
    private Task _persistStop = Task.CompletedTask;
    private LimitHolder? _limitHolder;
    private TaskCompletionSource? _idle;

    internal RunScope(RunSpec spec, RunScopeServices services, RunHistory history)
    {
        Spec = spec;
        _services = services;
        _ended = history.Settled;
        _unsuccessful = history.Settled.Failed + history.Settled.TimedOut;
        _allotment = spec.Flow.Allotment;
        _abandonHandlers = new CancellationTokenSource(Timeout.InfiniteTimeSpan, services.Time);
        _meter = new ProgressMeter(services.Time);
        _waits = new WaitMeter(TimeSpan.Zero);
        _startedAt = services.Time.GetTimestamp();
        Total = history.Total;
        LimitsAreSplit = spec.Batch.Dispatch == BatchDispatch.Queue || !services.LanesShareProcess;
        Caps = new AllotmentCaps(OnCapsChanged);
        LimitCaps = LimitsAreSplit ? new AllotmentCaps(OnCapsChanged) : Caps;
        BackOff = new RunBackOff(services.Time, OnBackOffChanged);
        Throttles = BackOff;
        Adaptive = spec.Flow.Adaptive ? new AdaptiveConcurrency(services.Time, OnAdapted) : null;
        _paced = _allotment;
        Pool = new SlotPool(LimitsAreSplit ? int.MaxValue : _allotment.Concurrency) { AdmitsAlone = LimitCaps.Admits };
        Pacer = new Pacer(services.Time, _allotment.Rate, _allotment.Burst, spent: history.HasRunBefore);
        Costs = ItemCosts.Of(spec.Flow.Cost);
        _retriesHandedBack[OfAnEarlierProcess] = history.Retries;
        HasRunBefore = history.HasRunBefore;
        if (Adaptive is not null)
            OnAdapted();
        _sampling = services.Time.CreateTimer(static scope => ((RunScope)scope!).Sample(), this, SampleEvery, SampleEvery);
        Since = services.Time.GetTimestamp();
        TripWhenNotTolerated();
        _settledBefore = history.Settled;
        Trace = new RunTrace(spec, services.TraceParent, services.Drives);
        LiveRuns.Add(this);
    }

    /// <summary>The run's id.</summary>
    public string RunId => Spec.Id!;

    /// <summary>The spec.</summary>
    public RunSpec Spec { get; }

    /// <summary>The source.</summary>
    public ISource Source => _services.Source;

    /// <summary>Where the source keeps what it derived.</summary>
    public ISourceWorkspace Workspace => _services.Workspace;

    /// <summary>Items in the source, once it is planned.</summary>
    public long? Total { get; private set; }

    internal bool HasRunBefore { get; }

    /// <summary>Timestamp of when this process began to work the run.</summary>
    internal long Since { get; }

    /// <summary>Its lanes may live in several processes: each has its part of the allotment.</summary>
    internal bool LimitsAreSplit { get; }

    /// <summary>What holds the run below its own concurrency.</summary>
    internal AllotmentCaps Caps { get; }

    /// <summary>What the process has of the limits the run is under. Where lanes live in several processes they cap what of the run is here, and not its lanes' parts.</summary>
    internal AllotmentCaps LimitCaps { get; }

    /// <summary>Slots of the run in this process. Where lanes live in several, each has at most its lane's part.</summary>
    internal SlotPool Pool { get; }

    internal Pacer Pacer { get; }

    /// <summary>Null: every item counts for one unit.</summary>
    internal ItemCosts? Costs { get; }

    /// <summary>The limits it is under.</summary>
    internal IReadOnlyList<LimitMember> Limits { get; private set; } = [];

    internal PaceTurns PaceTurns { get; } = new();

    internal ItemHandler Handler => _services.Handler;

    internal IReduction? Reduction => _services.Reduction;

    internal IResultStore Results => _services.Results;

    internal TimeProvider Time => _services.Time;

    internal ILogger Logger => _services.Logger;

    internal Func<double> Jitter => _services.Jitter;

    internal Func<string> NewExecutionId => _services.NewExecutionId;

    internal RunGate Gate => _gate;

    internal Allotment Allotment => _allotment;

    /// <summary>The run's share of contended limits, as retuned.</summary>
    internal double Weight => Volatile.Read(ref _control).Weight ?? Spec.Flow.Weight;

    /// <summary>Cancelled when items in flight are to be cancelled.</summary>
    internal CancellationToken HandlersCancelled => _cancelHandlers.Token;

    /// <summary>Cancelled some time after <see cref="HandlersCancelled"/>: handlers that did not obey are not waited for any longer.</summary>
    internal CancellationToken HandlersAbandoned => _abandonHandlers.Token;

    internal HandlerTokens HandlerTokens => new(HandlersCancelled, HandlersAbandoned);

    /// <summary>How long a handler may take to obey its cancelled token before it is left behind: 5 s.</summary>
    public static TimeSpan AbandonAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Acts on what was asked of the run. Older versions are ignored.</summary>
    public void Apply(RunControl control)
    {
        lock (_lock)
        {
            if (control.Version < _control.Version)
                return;
            _control = control;
            SetAllotment(control);
        }

        Change(gate => gate with
        {
            Paused = control.Paused,
            Stop = gate.Stop ?? control.Stop,
            Message = gate.Stop is null ? control.Message : gate.Message,
            ControlVersion = control.Version,
        });
        TripWhenNotTolerated();
    }

    /// <summary>This process stops working the run: nothing new starts here, the run itself goes on being what it is.</summary>
    public void StopHost() => Change(gate => gate with { HostStopping = true });

    /// <summary>Cancels the items in flight here; they are not settled, and will be handled again.</summary>
    public void AbortHost()
    {
        StopHost();
        CancelHandlers();
    }

    /// <summary>Aborts the batches that still work here (a lost lease and failed storage do not wait for them), and disposes what they use once they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        AbortHost();
        await WhenIdleAsync().ConfigureAwait(false);
        LiveRuns.Remove(this);
        Trace.Dispose();
        _limitHolder?.Leave(Limits);
        BackOff.Dispose();
        await _sampling.DisposeAsync().ConfigureAwait(false);
        await _persistStop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _services.Handler.DisposeAsync().ConfigureAwait(false);
        _abandonHandlers.Dispose();
        _cancelHandlers.Dispose();
    }

    /// <summary>Comes under the limits its spec names, before anything of it starts.</summary>
    internal void Join(LimitHolder holder)
    {
        _limitHolder = holder;
        Limits = holder.Join(this);
        if (Limits.Count == 0)
            return;
        Pool.CameDown = OnPoolCameDown;
        Throttles = new LimitThrottles(Limits);
    }

    internal void SetTotal(long total)
    {
        Total = total;
        TripWhenNotTolerated();
    }

    internal void Enter(Batch batch)
    {
        lock (_lock)
        {
            _batches.Add(batch);
            // It may have changed since the batch was made, and the batch was not told.
            batch.OnAllotmentChanged();
            NoteTakenUpLocked(batch);
        }
    }

    internal void Leave(Batch batch)
    {
        lock (_lock)
        {
            _batches.Remove(batch);
            var last = batch.Observe();
            _ended += last.Settled;
            _retriesOfEnded += last.Retries;
            if (LimitsAreSplit)
                NoteLaneLocked(batch, last);
            else
                CountLatenciesLocked(batch);
            NoteHandedBackLocked(batch, last);
            if (_batches.Count == 0)
                _idle?.TrySetResult();
        }
    }

    /// <summary>An item failed or timed out for good; enough of them stop the run.</summary>
    internal void NoteUnsuccessful()
    {
        Interlocked.Increment(ref _unsuccessful);
        TripWhenNotTolerated();
    }

    /// <summary>Makes a stop of this process's durable, if it is not.</summary>
    internal Task PersistStopAsync() =>
        _gate is { Stop: { } reason } gate ? _services.PersistStop(reason, gate.Message ?? "") : Task.CompletedTask;

    /// <summary>Callbacks that handlers put on their tokens are theirs; whoever cancels has other things to do.</summary>
    internal void NoteFailedCallback(AggregateException failed) => Logger.CallbackFailed(failed, RunId);

    /// <summary>The run cannot go on: nothing new starts.</summary>
    internal void Stop(CompletionReason reason, string message)
    {
        var first = false;
        Change(gate =>
        {
            first = gate.Stop is null;
            return first ? gate with { Stop = reason, Message = message } : gate;
        });
        if (first)
            _persistStop = _services.PersistStop(reason, message);
    }

    private Task WhenIdleAsync()
    {
        lock (_lock)
        {
            if (_batches.Count == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private void TripWhenNotTolerated()
    {
        var tolerate = _control.Tolerate ?? Spec.Failure.Tolerate;
        var unsuccessful = Interlocked.Read(ref _unsuccessful) + Interlocked.Read(ref _unsuccessfulElsewhere);
        if (tolerate is not null && Total is { } total && tolerate.IsExceededBy(unsuccessful, total) && _gate.Stop is null)
            Stop(CompletionReason.ToleranceExceeded, $"{unsuccessful:N0} of {total:N0} items did not succeed, more than the failure policy tolerates.");
    }

    private void SetAllotment(RunControl control)
    {
        var allotment = control.Over(Spec.Flow.Allotment);
        if (allotment == _allotment)
            return;
        _allotment = allotment;
        ResizePool();
        CapByBackOff();
        RetunePacers();
    }

    private void OnPoolCameDown()
    {
        foreach (var member in Limits)
            member.Limit.Divide();
    }

    private void OnCapsChanged()
    {
        lock (_lock)
        {
            ResizePool();
            if (!LimitsAreSplit)
                return;
            foreach (var batch in _batches)
                batch.OnAllotmentChanged();
        }
    }

    // The pool is told under the lock, and tells who gets a slot on other threads: the last change is the one that stays.
    private void ResizePool()
    {
        var all = LimitsAreSplit ? int.MaxValue : _allotment.Concurrency;
        Pool.Resize(LimitCaps.Over(all).Concurrency);
    }

    private void Change(Func<RunGate, RunGate> change)
    {
        Batch[] batches;
        RunGate gate;
        lock (_lock)
        {
            gate = change(_gate);
            if (gate == _gate)
                return;
            _gate = gate;
            batches = [.. _batches];
        }

        if (!gate.IsOpen)
        {
            foreach (var batch in batches)
                batch.Close(gate.End, gate.ControlVersion);
        }

        if (gate.CancelsItemsInFlight)
            CancelHandlers();
    }

    private void CancelHandlers()
    {
        _abandonHandlers.CancelAfter(AbandonAfter);
        try
        {
            _cancelHandlers.Cancel();
        }
        catch (AggregateException failed)
        {
            NoteFailedCallback(failed);
        }
    }
}
