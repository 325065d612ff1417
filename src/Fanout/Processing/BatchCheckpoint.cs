using System.Text.Json;
using Fanout.Results;
using Fanout.Serialization;

namespace Fanout.Processing;

/// <summary>What a batch makes durable while it runs, and what an execution that follows a crash goes on from.</summary>
/// <param name="Parts">Parts and how much of each is settled and counted.</param>
/// <param name="Next">First item not taken.</param>
/// <param name="Unsettled">Items taken but not settled, in flight or waiting.</param>
/// <param name="Tally">What became of the settled ones.</param>
public sealed record BatchCheckpoint(IReadOnlyList<PartRef> Parts, long Next, IReadOnlyList<PendingItem> Unsettled, Tally Tally)
{
    /// <summary>Names of checkpoints begin with this.</summary>
    public const string Folder = "lanes/";

    /// <summary>The document a batch's checkpoints are written to.</summary>
    public static string DocumentName(string key) => $"{Folder}{key}.json";

    /// <summary>Reads a checkpoint; null: there is none.</summary>
    public static ValueTask<BatchCheckpoint?> ReadAsync(IResultStore results, string runId, string documentName) =>
        StoredJson.ReadAsync<BatchCheckpoint>(results, runId, documentName, CancellationToken.None);

    /// <summary>The checkpoints of a run's batches, but those of branches whose manifests count them already.</summary>
    public static async Task<IReadOnlyList<BatchCheckpoint>> ReadAllAsync(
        IResultStore results, string runId, IReadOnlyList<BranchManifest> closed, CancellationToken cancellationToken)
    {
        var checkpoints = new List<BatchCheckpoint>();
        await foreach (var name in results.ListDocumentsAsync(runId, Folder, cancellationToken).ConfigureAwait(false))
        {
            if (closed.Any(branch => name.StartsWith($"{Folder}{branch.BranchId}-", StringComparison.Ordinal)))
                continue;
            if (await ReadAsync(results, runId, name).ConfigureAwait(false) is { } checkpoint)
                checkpoints.Add(checkpoint);
        }

        return checkpoints;
    }

    /// <summary>Writes it durably.</summary>
    public ValueTask WriteAsync(IResultStore results, string runId, string key) => results.WriteDocumentAsync(
        runId, DocumentName(key), JsonSerializer.SerializeToUtf8Bytes(this, FanoutJson.Options), CancellationToken.None);
}
