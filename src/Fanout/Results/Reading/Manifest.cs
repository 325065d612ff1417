using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Results;

/// <summary>What an ended run's results are: <c>manifest.json</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Spec">Its spec, as canonical JSON.</param>
/// <param name="Report">Its report.</param>
/// <param name="Parts">The parts that count, in the order of their first item.</param>
public sealed record Manifest(string RunId, JsonElement Spec, RunReport Report, IReadOnlyList<PartRef> Parts)
{
    /// <summary>The document's name.</summary>
    public const string DocumentName = "manifest.json";

    /// <summary>Writes it, its parts put in order.</summary>
    /// <exception cref="StorageException">The place is full or not writable.</exception>
    public ValueTask WriteAsync(IResultStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var ordered = this with { Parts = [.. Parts.OrderBy(part => part.FirstIndex).ThenBy(part => part.Name, StringComparer.Ordinal)] };
        var json = JsonSerializer.SerializeToUtf8Bytes(ordered, FanoutJson.Options);
        return store.WriteDocumentAsync(RunId, DocumentName, json, cancellationToken);
    }

    /// <summary>Reads it; null: there is none, the run has not ended.</summary>
    /// <exception cref="StorageException">It cannot be read, or is damaged.</exception>
    public static ValueTask<Manifest?> ReadAsync(IResultStore store, string runId, CancellationToken cancellationToken) =>
        StoredJson.ReadAsync<Manifest>(store, runId, DocumentName, cancellationToken);
}
