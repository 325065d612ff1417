using System.Globalization;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Driving;

/// <summary>Bears a storage account, or a server, that fails while a run is pursued: says so, waits, longer each time, and lets the run go on.</summary>
/// <param name="context">The invocation.</param>
internal sealed class StoragePatience(CommandContext context)
{
    /// <summary>How long an account may fail, with nothing of the run getting done, before the run is left to be resumed: 10 min.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    private readonly CliEnvironment _environment = context.Environment;
    private Outage? _outage;
    private long _lastFailure;
    private TimeSpan _wait;

    /// <summary>Waits a while after a failure. False: it has failed for too long, or there was a signal to stop.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="settled">Items settled so far: when some were since the failure before, this one is the first of another outage.</param>
    public async Task<bool> BearAsync(FanoutException failure, long settled)
    {
        var now = _environment.Time.GetTimestamp();
        // A drive that went well for as long as this, though nothing was settled, was no failing account either.
        if (_outage is null || settled > _outage.Settled || _environment.Time.GetElapsedTime(_lastFailure, now) > Longest)
            (_outage, _wait) = (new Outage(now, settled), Least);
        _lastFailure = now;
        if (context.Stop.IsCancellationRequested || _environment.Time.GetElapsedTime(_outage.Since, now) > Longest)
            return false;
        var what = context.IsAtServer ? "The server is away; the run is watched again when it is back" : "Storage fails; the run goes on by itself when it works again";
        _environment.WriteLog(string.Create(CultureInfo.InvariantCulture, $"{what} within {Longest.TotalMinutes} min: {failure.Message}"));
        await Task.Delay(_wait, _environment.Time, context.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _wait = _wait * 2 < Most ? _wait * 2 : Most;
        return true;
    }

    private sealed record Outage(long Since, long Settled);
}
