using System.Globalization;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Runs;

namespace Fanout.Cli.Driving;

/// <summary>Stays with a run until it has ended: drives it while nobody else does, watches it while somebody does.</summary>
/// <param name="context">The invocation.</param>
/// <param name="home">The run's home.</param>
/// <param name="display">Shows it.</param>
/// <param name="grace">How long items in flight may go on after a stop.</param>
internal sealed class RunPursuit(CommandContext context, IFanoutHome home, IRunDisplay display, TimeSpan grace)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly CliEnvironment _environment = context.Environment;

    private readonly StoragePatience _patience = new(context);

    private RunProgress? _lastSeen;
    private RunRecord? _lastRecord;

    /// <summary>The run's record once it has ended and is announced, or as it is when a signal to stop came first.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    /// <exception cref="StorageException">The home cannot be used; an account, not for <see cref="StoragePatience.Longest"/>.</exception>
    /// <exception cref="RemoteException">The server refuses, or was away for that long.</exception>
    public async Task<RunRecord> ToEndAsync(string runId)
    {
        context.RunId = runId;
        _environment.Signals.Announce = Announce;
        _environment.Log = context.Quiet ? null : display.Note; // Quiet is about progress; warnings are still said.
        try
        {
            while (true)
            {
                try
                {
                    if (await GoOnAsync(runId) is { } last)
                        return last;
                }
                catch (FanoutException failure) when (failure is StorageException { MayPass: true } or RemoteException { MayPass: true })
                {
                    if (!await _patience.BearAsync(failure, _lastSeen?.Settled ?? 0))
                        throw;
                }
            }
        }
        finally
        {
            _environment.Signals.Announce = null;
            _environment.Log = null;
        }
    }

    /// <summary>Waits until the process that seems to drive the run shows it is alive (its progress moves, or it still holds the run after the longest lease), or nobody drives it.</summary>
    /// <returns>The record of then.</returns>
    public async Task<RunRecord> UntilSignOfLifeAsync(RunRecord seen, TimeSpan longestLease)
    {
        var began = _environment.Time.GetTimestamp();
        var record = seen;
        while (record is { IsOver: false, DrivenBy: not null }
            && record.Progress?.At == seen.Progress?.At
            && _environment.Time.GetElapsedTime(began) < longestLease)
        {
            await Task.Delay(PollInterval, _environment.Time, context.Stop);
            record = await home.Client.GetAsync(seen.Id, context.Stop);
        }

        return record;
    }

    // Null: there may be more to do.
    private async Task<RunRecord?> GoOnAsync(string runId)
    {
        // A server that does not answer would keep whoever has stopped to watch; of a home the last is to be told.
        if (context is { IsAtServer: true, Stop.IsCancellationRequested: true } && _lastRecord is { } known)
            return known with { Progress = _lastSeen };
        var record = _lastRecord = await home.Client.GetAsync(runId, CancellationToken.None);
        // Not every display looks: that something gets done between two failures is known by this.
        _lastSeen = Latest(record.Progress);
        if (record.IsOver || context.Stop.IsCancellationRequested)
            return record with { Progress = _lastSeen };
        if (record.AwaitsAnnouncement)
            _lastSeen = (record.Progress ?? new RunProgress()) with { WaitingFor = ProgressLine.Announcing };
        if (await TryDriveAsync(runId) is { } elsewhere)
            await WatchAsync(elsewhere);
        return null;
    }

    /// <returns>Null: it was driven here. Else its record: another process drives it.</returns>
    private async Task<RunRecord?> TryDriveAsync(string runId)
    {
        var driving = home.Driver.DriveAsync(runId, context.Stop, _environment.Signals.Abort);
        await display.WhileAsync(driving, runId, Observe);
        try
        {
            await driving;
            return null;
        }
        catch (RunException)
        {
            var record = await home.Client.GetAsync(runId, CancellationToken.None);
            if (record is { IsOver: false, DrivenBy: null })
                throw;
            return record;
        }

        RunProgress? Observe() => _lastSeen = home.Driver.Observe(runId) ?? _lastSeen;
    }

    private async Task WatchAsync(RunRecord record)
    {
        if (record.IsOver)
            return;
        display.Note(string.Create(CultureInfo.InvariantCulture, $"Run {record.Id} is being worked on by {record.DrivenBy}; waiting for it."));
        var watching = UntilFreeAsync(record.Id);
        await display.WhileAsync(watching, record.Id, () => _lastSeen);
        await watching;
    }

    private async Task UntilFreeAsync(string runId)
    {
        RunRecord record;
        do
        {
            await Task.Delay(PollInterval, _environment.Time, context.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            record = await home.Client.GetAsync(runId, CancellationToken.None);
            _lastSeen = record.Progress ?? _lastSeen;
        }
        while (record is { IsOver: false, DrivenBy: not null } && !context.Stop.IsCancellationRequested);
    }

    private RunProgress? Latest(RunProgress? recorded) =>
        recorded is null || _lastSeen?.Settled > recorded.Settled ? _lastSeen : recorded;

    private void Announce(StopStage stage)
    {
        if (context.IsAtServer)
        {
            display.Note(StopText.AtServer);
            return;
        }

        var inFlight = (context.RunId is { } runId ? home.Driver.Observe(runId) : null)?.InFlight ?? 0;
        display.Note(StopText.Of(stage, inFlight, grace));
    }
}
