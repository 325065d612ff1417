using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Runs;

/// <summary>
/// Drives many runs side by side: those it is given, and those that nobody drives, interrupted ones of processes that died among them. So many at once;
/// the others wait, and a paused run makes room for one that does. Whatever becomes of one run, the others go on.
/// </summary>
/// <param name="client">Finds runs.</param>
/// <param name="driver">Drives them.</param>
/// <param name="options">How many, how often; null: the defaults.</param>
/// <param name="timeProvider">The clock; null: the system's.</param>
/// <param name="logger">Where it logs; null: nowhere.</param>
public sealed class RunFleet(
    IRunClient client, IRunDriver driver, RunFleetOptions? options = null, TimeProvider? timeProvider = null, ILogger<RunFleet>? logger = null)
{
    // As RunProgress says it.
    private const string WaitsWhilePaused = "paused";

    private static readonly RunFleetOptions Defaults = new();

    private readonly RunFleetOptions _options = options ?? Defaults;
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<RunFleet>.Instance;
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FleetPlace> _driven = new(StringComparer.Ordinal);
    private readonly RunSetbacks _setbacks = new((options ?? Defaults).ShortestSetback, (options ?? Defaults).LongestSetback);
    private readonly List<string> _given = [];

    // A list that was read while one of these still ran may name it as one to be driven.
    private readonly HashSet<string> _letGoSinceLook = new(StringComparer.Ordinal);
    private List<string> _found = [];
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs being driven here now.</summary>
    public IReadOnlyList<string> Driven
    {
        get
        {
            lock (_lock)
                return [.. _driven.Keys];
        }
    }

    /// <summary>Has a run driven as soon as there is room, before those found. Giving it twice does no harm.</summary>
    public void Give(string runId)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        lock (_lock)
        {
            if (!_driven.ContainsKey(runId) && !_given.Contains(runId))
                _given.Add(runId);
        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>Completes when a run that is given now would be driven at once.</summary>
    /// <remarks>An engine that works what is started in its own process does so whether the run was given yet or not: who starts runs waits here first.</remarks>
    public async Task WhenRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (HasRoom && _given.Count == 0)
                    return;
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drives until <paramref name="stop"/> is cancelled; then every run is let go as <see cref="IRunDriver.DriveAsync"/> does, and can be continued by anyone.</summary>
    /// <param name="stop">Nothing new starts; items in flight get their grace.</param>
    /// <param name="abort">Cancels the items in flight too.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                if (IsTimeToLook())
                    await LookAsync(stop).ConfigureAwait(false);
                Fill(stop, abort);
                await WaitAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Each run's driving sees the same token.
        }
        finally
        {
            Task[] ends;
            lock (_lock)
                ends = [.. _driven.Values.Select(place => place.End)];
            await Task.WhenAll(ends).ConfigureAwait(false);
        }
    }

    private bool HasRoom => _driven.Count < _options.AtOnce;

    // What was found is good for a while: many short runs that end do not make as many lists.
    private bool IsTimeToLook()
    {
        lock (_lock)
            return _driven.Count + _given.Count < _options.AtOnce && _time.GetUtcNow() >= _nextLook;
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(_news.Reader.WaitToReadAsync(either.Token).AsTask(), Task.Delay(_options.LookEvery, _time, either.Token)).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        _news.Reader.TryRead(out _);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        lock (_lock)
        {
            _nextLook = _time.GetUtcNow() + _options.LookEvery;
            _letGoSinceLook.Clear();
        }

        try
        {
            var found = await UndrivenRuns.FindAsync(client, _time, stop).ConfigureAwait(false);
            lock (_lock)
            {
                _found = found.FindAll(runId => !_letGoSinceLook.Contains(runId));
                _setbacks.RemoveOld(_time.GetUtcNow());
            }
        }
#pragma warning disable CA1031 // A list that cannot be read now must not end the runs that are driven.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _logger.LookFailed(failure);
        }
    }

    private void Fill(CancellationToken stop, CancellationToken abort)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (HasRoom && TakeNext(now) is { } runId)
            {
                var place = new FleetPlace(CancellationTokenSource.CreateLinkedTokenSource(stop));
                _driven.Add(runId, place);
                place.End = DriveAsync(runId, place, abort);
            }

            // Nobody is looked for while there is no room, so that it is not known whether somebody waits: a paused run gives way at any rate.
            if (!HasRoom)
                LetPausedGo();
            _room.TrySetResult();
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private string? TakeNext(DateTimeOffset now)
    {
        foreach (var waiting in (List<string>[])[_given, _found])
        {
            if (waiting.FindIndex(IsReady) is var index and >= 0)
            {
                var runId = waiting[index];
                waiting.RemoveRange(index, 1);
                return runId;
            }
        }

        return null;

        bool IsReady(string runId) => !_driven.ContainsKey(runId) && !_setbacks.Holds(runId, now);
    }

    private void LetPausedGo()
    {
        foreach (var (runId, place) in _driven)
        {
            if (driver.Observe(runId)?.WaitingFor == WaitsWhilePaused)
                place.LetGo();
        }
    }

    private async Task DriveAsync(string runId, FleetPlace place, CancellationToken abort)
    {
        await Task.Yield();
        try
        {
            var report = await driver.DriveAsync(runId, place.Stop, abort).ConfigureAwait(false);
            lock (_lock)
                _setbacks.Remove(runId);
            if (report is not null)
                _options.OnEnded(report);
        }
#pragma warning disable CA1031 // Whatever becomes of one run, the others go on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!place.Stop.IsCancellationRequested)
                SetBack(runId, failure);
        }
        finally
        {
            lock (_lock)
            {
                _driven.Remove(runId);
                _found.Remove(runId);
                _letGoSinceLook.Add(runId);
            }

            place.Dispose();
            _news.Writer.TryWrite(true);
        }
    }

    private void SetBack(string runId, Exception failure)
    {
        lock (_lock)
            _setbacks.Add(runId, _time.GetUtcNow());

        // Another process was quicker to take it, or it was purged: nothing to worry about.
        var level = failure is RunException ? LogLevel.Information : failure is FanoutException ? LogLevel.Warning : LogLevel.Error;
        _logger.SetBack(level, failure, runId);
        _options.OnSetBack(runId, failure);
    }
}
