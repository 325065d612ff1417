using System.Globalization;
using System.Text.Json;
using Fanout.Api.Answers;
using Fanout.Runs;
using Fanout.Serialization;
using Fanout.Server.Answers;
using Fanout.Views;
using Microsoft.Extensions.Logging;

namespace Fanout.Server.Events;

/// <summary>
/// Watches runs that somebody follows, each once, whoever many follow it: what is seen is made into bytes once and told to all. Of runs that are driven here
/// samples are kept from their beginning, so that who comes later sees how they went.
/// </summary>
/// <param name="runs">The runs.</param>
/// <param name="driver">Who drives runs here, and sees their numbers at once.</param>
/// <param name="driven">Runs that are driven here.</param>
/// <param name="most">Streams open at once.</param>
/// <param name="changes">Told of a run that has changed before those who follow it are.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class RunHubs(IRunClient runs, IRunDriver driver, Func<IReadOnlyList<string>> driven, int most, Changes changes, TimeProvider time, ILogger<RunHubs> logger)
{
    private const int LooksUntilForgotten = 60;
    private const int MostEnded = 200;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepEndedFor = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunHub> _hubs = new(StringComparer.Ordinal);
    private int _readers;

    /// <summary>Hubs there are: those of runs that are followed, driven here, or ended a short while ago.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _hubs.Count;
        }
    }

    /// <summary>Streams that are open.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>Looks at all runs once a second until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                await LookAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks at all runs once.</summary>
    internal async Task LookAsync(CancellationToken stop)
    {
        List<RunHub> open;
        lock (_lock)
        {
            foreach (var runId in driven())
                Find(runId);
            Forget();
            open = [.. _hubs.Values.Where(hub => hub.EndedAt is null)];
        }

        // Beside each other: a storage account takes its time over each.
        await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stop }, async (hub, cancellationToken) =>
            await LookAsync(hub, hub.Readers > 0, onlyFirst: false, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Begins to follow a run.</summary>
    /// <returns>Null: too many streams are open.</returns>
    /// <exception cref="RunException">There is no such run.</exception>
    public async Task<RunHub?> OpenAsync(string runId, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _readers) > most)
        {
            Interlocked.Decrement(ref _readers);
            return null;
        }

        RunHub? hub = null;
        try
        {
            await runs.GetAsync(runId, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                hub = Find(runId);
                hub.Readers++;
                hub.IdleLooks = 0;
            }

            await LookAsync(hub, asksForRun: true, onlyFirst: true, cancellationToken).ConfigureAwait(false);
            return hub;
        }
        catch
        {
            if (hub is not null)
                Close(hub);
            else
                Interlocked.Decrement(ref _readers);
            throw;
        }
    }

    /// <summary>Ends to follow a run.</summary>
    public void Close(RunHub hub)
    {
        Interlocked.Decrement(ref _readers);
        lock (_lock)
            hub.Readers--;
    }

    // Under the lock.
    private RunHub Find(string runId)
    {
        if (!_hubs.TryGetValue(runId, out var hub))
            _hubs.Add(runId, hub = new RunHub(runId) { LastNewsAt = time.GetUtcNow() });
        return hub;
    }

    // Under the lock. Of many short runs not all can be kept.
    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var hub in _hubs.Values.Where(hub => hub.Readers == 0 && (hub.IdleLooks > LooksUntilForgotten || now - hub.EndedAt > KeepEndedFor)).ToList())
            _hubs.Remove(hub.RunId);
        var ended = _hubs.Values.Where(hub => hub is { Readers: 0, EndedAt: not null }).OrderBy(hub => hub.EndedAt).ToList();
        foreach (var hub in ended.Take(ended.Count - MostEnded))
            _hubs.Remove(hub.RunId);
    }

    private async ValueTask LookAsync(RunHub hub, bool asksForRun, bool onlyFirst, CancellationToken cancellationToken)
    {
        if (onlyFirst && hub.RunTag is not null)
            return;
        await hub.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Many that come at once need one look.
            if (onlyFirst && hub.RunTag is not null)
                return;
            var progress = driver.Observe(hub.RunId);
            hub.IdleLooks = progress is null && hub.Readers == 0 ? hub.IdleLooks + 1 : 0;
            // Nobody told that it ended: who drove it has let it go.
            if (asksForRun || hub.IdleLooks == 1)
                progress = await ReadRunAsync(hub, progress, cancellationToken).ConfigureAwait(false);
            if (progress is not null && progress.At != hub.LastSeen)
                PublishSample(hub, progress);
        }
        catch (RunException missing) when (missing.IsMissing)
        {
            hub.PublishEnd(time.GetUtcNow());
        }
#pragma warning disable CA1031 // What cannot be read now is read the next time; the streams stay open.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.WatchFailed(failure, hub.RunId);
        }
        finally
        {
            hub.Turn.Release();
            Tell(hub);
        }
    }

    // What the run does now: as its driver here sees it, or of one that is driven elsewhere as that noted it; null: it does nothing.
    private async Task<RunProgress?> ReadRunAsync(RunHub hub, RunProgress? observed, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(hub.RunId, cancellationToken).ConfigureAwait(false);
        var json = JsonSerializer.SerializeToUtf8Bytes(RunView.Of(run, runs.LocateResults(run.Id), withEvents: true), FanoutJson.Options);
        var shown = JsonSerializer.SerializeToUtf8Bytes(RunView.Of(run, runs.LocateResults(run.Id), withEvents: true) with { Spec = null }, FanoutJson.Options);
        if (hub.PublishRun(RunTag.Of(run, json), shown))
            changes.Note();
        if (run.IsOver)
            hub.PublishEnd(time.GetUtcNow());
        return observed ?? (run.Report is null ? run.Progress : null);
    }

    private void PublishSample(RunHub hub, RunProgress progress)
    {
        var now = time.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{hub.RunTag}.{now.ToUnixTimeMilliseconds()}");
        hub.LastSeen = progress.At;
        hub.PublishSample(id, JsonSerializer.SerializeToUtf8Bytes(Sample.Of(progress, now), FanoutJson.Options));
    }

    private void Tell(RunHub hub)
    {
        var now = time.GetUtcNow();
        var isHeartbeat = now - hub.LastNewsAt >= HeartbeatEvery;
        if (hub.Tell(isHeartbeat))
            hub.LastNewsAt = now;
    }
}
