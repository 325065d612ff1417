using System.Text.Json;
using Fanout.Runs;
using Microsoft.Extensions.Logging;

namespace Fanout.Server.Uploads;

/// <summary>Removes uploads that are older than a week and that no run needs which has not ended, once an hour and when the server starts.</summary>
/// <param name="store">The uploads.</param>
/// <param name="runs">The runs.</param>
/// <param name="directory">The home's directory.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class UploadSweep(UploadStore store, IRunClient runs, string directory, TimeProvider time, ILogger<UploadSweep> logger)
{
    private const int MostRedrives = 100;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(7);

    /// <summary>Sweeps until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
                await SweepAsync(stop).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Sweeps once.</summary>
    internal async Task SweepAsync(CancellationToken stop)
    {
        try
        {
            // Files that come while the runs are looked at are too young anyway.
            var before = time.GetUtcNow() - KeepFor;
            store.RemoveOld(before, await NeededAsync(stop).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // What cannot be removed now is removed the next time.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.UploadsNotSwept(failure);
        }
    }

    private async Task<IReadOnlySet<string>> NeededAsync(CancellationToken stop)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var run in runs.ReadAllAsync(RunPages.Unended, stop).ConfigureAwait(false))
        {
            if (await FileOfAsync(run, stop).ConfigureAwait(false) is { } path)
                needed.Add(Path.GetFullPath(path, directory));
        }

        return needed;
    }

    // A redrive reads the file of the run that it redrives.
    private async Task<string?> FileOfAsync(RunRecord run, CancellationToken stop)
    {
        for (var steps = 0; steps < MostRedrives; steps++)
        {
            var source = JsonElement.Parse(run.SpecJson).GetProperty("source");
            if (source.TryGetProperty("path", out var path))
                return path.GetString();
            if (!source.TryGetProperty("run", out var earlier))
                return null;
            try
            {
                run = await runs.GetAsync(earlier.GetString()!, stop).ConfigureAwait(false);
            }
            catch (RunException missing) when (missing.IsMissing)
            {
                return null;
            }
        }

        return null;
    }
}
