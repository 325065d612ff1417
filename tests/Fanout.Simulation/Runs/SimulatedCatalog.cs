using System.Runtime.CompilerServices;
using Fanout.Runs;

namespace Fanout.Simulation.Runs;

/// <summary>One process's way to the list of runs.</summary>
internal sealed class SimulatedCatalog(IRunCatalog inner, SimulatedProcess process, TimeProvider clock, Faults faults) : IRunCatalog
{
    public Task<bool> TryAddAsync(RunRecord run, CancellationToken cancellationToken) => CallAsync(() => inner.TryAddAsync(run, cancellationToken));

    public Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken) => CallAsync(() => inner.GetAsync(runId, cancellationToken));

    public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken) => CallAsync(() => inner.ListAsync(query, cancellationToken));

    public Task<RunControl?> GetControlAsync(string runId, CancellationToken cancellationToken) => CallAsync(() => inner.GetControlAsync(runId, cancellationToken));

    public Task<RunControl?> UpdateControlAsync(string runId, Func<RunControl, RunControl> change, CancellationToken cancellationToken) =>
        CallAsync(() => inner.UpdateControlAsync(runId, change, cancellationToken));

    public Task SetStartedAsync(string runId, DateTimeOffset startedAt, CancellationToken cancellationToken) => CallAsync(() => inner.SetStartedAsync(runId, startedAt, cancellationToken));

    public Task SetProgressAsync(string runId, string shard, RunProgress progress, CancellationToken cancellationToken) =>
        CallAsync(() => inner.SetProgressAsync(runId, shard, progress, cancellationToken));

    public Task CompleteAsync(string runId, RunReport report, CancellationToken cancellationToken) => CallAsync(() => inner.CompleteAsync(runId, report, cancellationToken));

    public Task SetAnnouncementAsync(string runId, RunAnnouncement announcement, CancellationToken cancellationToken) =>
        CallAsync(() => inner.SetAnnouncementAsync(runId, announcement, cancellationToken));

    public Task DeleteAsync(string runId, CancellationToken cancellationToken) => CallAsync(() => inner.DeleteAsync(runId, cancellationToken));

    private Task<T> CallAsync<T>(Func<Task<T>> call, [CallerMemberName] string what = "") => faults.CallAsync(process, clock, call, what: what);

    private Task CallAsync(Func<Task> call, [CallerMemberName] string what = "") => faults.CallAsync(process, clock, call, what: what);
}
