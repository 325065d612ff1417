using Fanout.Orchestration;
using Fanout.Results;

namespace Fanout.Runs;

/// <summary>Keeps payloads beside a run's results (<c>payloads/NAME.json</c>), with which they are deleted.</summary>
/// <param name="results">Where the results are.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Ends waiting for storage that is away.</param>
public sealed class ResultPayloads(IResultStore results, TimeProvider time, CancellationToken stopping) : IPayloadStore
{
    // A turn cannot be put off by its engine. A disk that fails does so for good; an account may come back.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string instanceId, string name, ReadOnlyMemory<byte> payload) => await PatientlyAsync(async () =>
    {
        await results.WriteDocumentAsync(RunOf(instanceId), DocumentName(name), payload, CancellationToken.None).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAsync(string instanceId, string name) => await PatientlyAsync(
        async () => await results.ReadDocumentAsync(RunOf(instanceId), DocumentName(name), CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false)
        ?? throw new StorageException($"{results.Locate(RunOf(instanceId))}: {DocumentName(name)} is gone, a part of the run's history. Start the run anew.");

    private static string DocumentName(string name) => $"payloads/{name}.json";

    // Sub-orchestrations are called RUN:BRANCH.
    private static string RunOf(string instanceId) => instanceId.Split(':', 2)[0];

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> act)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await act().ConfigureAwait(false);
            }
            catch (StorageException) when (!results.WritesAreFree && !stopping.IsCancellationRequested && time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
