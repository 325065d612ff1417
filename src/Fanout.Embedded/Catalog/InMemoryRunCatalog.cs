using Fanout.Embedded.Driving;
using Fanout.Embedded.Stores;
using Fanout.Runs;

namespace Fanout.Embedded.Catalog;

/// <summary>A catalog that lives as long as its process.</summary>
internal sealed class InMemoryRunCatalog(InMemoryStore store, TimeProvider time) : IRunCatalog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RunRecord> _runs = new(StringComparer.Ordinal);

    public Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        lock (_gate)
            return Task.FromResult(_runs.TryAdd(run.Id, run));
    }

    public Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_runs.TryGetValue(runId, out var run) ? WithDriver(run) : null);
    }

    public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_gate)
        {
            var newestFirst = _runs.Values
                .OrderByDescending(run => run.CreatedAt)
                .ThenByDescending(run => run.Id, StringComparer.Ordinal)
                .AsEnumerable();
            if (query.After is { } after)
                newestFirst = newestFirst.SkipWhile(run => run.Id != after).Skip(1);
            if (query.Status is { } statuses)
                newestFirst = newestFirst.Where(run => statuses.Contains(run.Status));
            return Task.FromResult<IReadOnlyList<RunRecord>>([.. newestFirst.Take(Math.Clamp(query.Limit, 1, 1_000)).Select(WithDriver)]);
        }
    }

    public Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_runs.GetValueOrDefault(runId)?.Control);
    }

    public Task<RunControl?> UpdateControlAsync(string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken) =>
        Task.FromResult(Change(runId, run => RunChanges.WithControl(run, change))?.Control);

    public Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        Change(runId, run => RunChanges.Started(run, startedAt));
        return Task.CompletedTask;
    }

    public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken)
    {
        if (shard == ProgressShard.Coordinator)
            Change(runId, run => RunChanges.Progressed(run, progress));
        return Task.CompletedTask;
    }

    public Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken)
    {
        Change(runId, run => RunChanges.Completed(run, report));
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
            _runs.Remove(runId);
        return Task.CompletedTask;
    }

    private RunRecord? Change(string runId, Func<RunRecord, RunRecord?> change)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(runId, out var run) || change(run) is not { } changed)
                return null;
            _runs[runId] = changed;
            return changed;
        }
    }

    private RunRecord WithDriver(RunRecord run) => run with
    {
        DrivenBy = store.FindLease(run.Id) is var (owner, expiresAt) && expiresAt > time.GetUtcNow() && !ProcessOwner.IsDead(owner)
            ? ProcessOwner.Display(owner)
            : null,
    };
}
