using System.Collections.Concurrent;
using Fanout.Runs;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>A catalog whose records show what all lanes together have counted, whatever the one beneath makes of their rows.</summary>
internal sealed class ShardedCatalog(IRunCatalog inner) : IRunCatalog
{
    private readonly ConcurrentDictionary<(string Run, string Shard), RunProgress> _lanes = new();

    public Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken) => inner.TryAddAsync(run, cancellationToken);

    public async Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken)
    {
        if (await inner.GetAsync(runId, cancellationToken) is not { } run)
            return null;
        var lanes = Of(runId).ToList();
        return run with
        {
            Progress = (run.Progress ?? new RunProgress()) with
            {
                Succeeded = lanes.Sum(lane => lane.Succeeded),
                Failed = lanes.Sum(lane => lane.Failed),
                TimedOut = lanes.Sum(lane => lane.TimedOut),
                Cancelled = lanes.Sum(lane => lane.Cancelled),
                InFlight = lanes.Sum(lane => lane.InFlight),
            },
        };
    }

    public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken) => inner.GetControlAsync(runId, cancellationToken);

    public Task<RunControl?> UpdateControlAsync(string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken) =>
        inner.UpdateControlAsync(runId, change, cancellationToken);

    public Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        inner.SetStartedAsync(runId, startedAt, cancellationToken);

    public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken)
    {
        if (shard == ProgressShard.Coordinator)
            return inner.SetProgressAsync(runId, shard, progress, cancellationToken);
        _lanes[(runId, shard)] = progress;
        return Task.CompletedTask;
    }

    public Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken) => inner.CompleteAsync(runId, report, cancellationToken);

    public Task SetAnnouncementAsync(string runId, RunAnnouncement announcement, CancellationToken cancellationToken) =>
        inner.SetAnnouncementAsync(runId, announcement, cancellationToken);

    public Task DeleteAsync(string runId, CancellationToken cancellationToken) => inner.DeleteAsync(runId, cancellationToken);

    /// <summary>What the lanes of a run have told.</summary>
    public IEnumerable<RunProgress> Of(string runId) => _lanes.Where(lane => lane.Key.Run == runId).Select(lane => lane.Value);
}
