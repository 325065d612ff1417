using System.Collections.Concurrent;
using Fanout.Client;
using Fanout.Runs;

namespace Fanout.Cli.Remote;

/// <summary>The server drives its runs; here they are only watched.</summary>
/// <param name="server">The server.</param>
internal sealed class RemoteDriver(FanoutClient server) : IRunDriver
{
    private readonly ConcurrentDictionary<string, RunProgress> _seen = new(StringComparer.Ordinal);

    /// <summary>Watches a run until it is over, or until <paramref name="stop"/> is cancelled: then it goes on at the server, and null is returned.</summary>
    public async Task<RunReport?> DriveAsync(string runId, CancellationToken stop, CancellationToken abort)
    {
        try
        {
            RunReport? report = null;
            await foreach (var run in server.WatchAsync(runId, stop))
            {
                report = run.Report;
                if (run.Progress is { } progress)
                    _seen[runId] = progress;
            }

            return report;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    public RunProgress? Observe(string runId) => _seen.GetValueOrDefault(runId);

    public async Task<RunReport> WaitAsync(string runId, CancellationToken cancellationToken) => (await server.WaitAsync(runId, cancellationToken)).Report!;
}
