using System.Text.Json;
using Fanout.Results;
using Fanout.Serialization;

namespace Fanout.Planning;

/// <summary>A run's plan beside its results, for whoever has to open its source again: progress, a resume, a redrive.</summary>
public static class PlanDocument
{
    private const string Name = "plan.json";

    /// <summary>Reads it; null: the run is not planned yet.</summary>
    /// <exception cref="StorageException">It cannot be read, or is damaged.</exception>
    public static ValueTask<RunPlan?> ReadAsync(IResultStore results, string runId, CancellationToken cancellationToken) =>
        StoredJson.ReadAsync<RunPlan>(results, runId, Name, cancellationToken);

    /// <summary>Writes it.</summary>
    /// <exception cref="StorageException">The place is full or not writable.</exception>
    public static ValueTask WriteAsync(IResultStore results, string runId, RunPlan plan) => results.WriteDocumentAsync(
        runId, Name, JsonSerializer.SerializeToUtf8Bytes(plan, FanoutJson.Options), CancellationToken.None);
}
