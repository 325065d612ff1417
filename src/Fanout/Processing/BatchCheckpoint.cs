using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fanout.Results;
using Fanout.Serialization;

namespace Fanout.Processing;

/// <summary>What a batch makes durable while it runs, and what an execution that follows a crash goes on from.</summary>
/// <param name="Parts">Parts and how much of each is settled and counted.</param>
/// <param name="Next">First item not taken; of a run with limits by key: number of the first key not begun.</param>
/// <param name="Unsettled">Items taken but not settled, in flight or waiting.</param>
/// <param name="Tally">What became of the settled ones.</param>
public sealed record BatchCheckpoint(IReadOnlyList<PartRef> Parts, long Next, IReadOnlyList<PendingItem> Unsettled, Tally Tally)
{
    /// <summary>Names of checkpoints begin with this.</summary>
    private const string Folder = "lanes/";

    /// <summary>What is left of keys that were begun.</summary>
    [JsonConverter(typeof(KeyRestsJsonConverter))]
    public IReadOnlyList<KeyRest> Keys { get; init; } = [];

    /// <summary>
    /// The document an execution's checkpoints are written to. Executions of different epochs write different ones: a process that was taken
    /// for dead and wakes up cannot overwrite what its successor has made durable. The newest epoch's counts, and its name sorts last.
    /// </summary>
    public static string DocumentName(string key, long epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{Folder}{key}.{epoch:D8}.json");

    /// <summary>Reads the checkpoint of a batch's newest execution; null: there is none.</summary>
    public static async ValueTask<BatchCheckpoint?> FindAsync(IResultStore results, string runId, string key)
    {
        var names = await ListAsync(results, runId, key, CancellationToken.None).ConfigureAwait(false);
        return names.Count == 0 ? null : await ReadAsync(results, runId, names.Max(StringComparer.Ordinal)!).ConfigureAwait(false);
    }

    /// <summary>Deletes the checkpoints of all executions of these batches.</summary>
    public static async Task DeleteAsync(IResultStore results, string runId, IEnumerable<string> keys)
    {
        var unwanted = keys.ToHashSet(StringComparer.Ordinal);
        var names = await ListAsync(results, runId, key: null, CancellationToken.None).ConfigureAwait(false);
        foreach (var name in names.Where(name => unwanted.Contains(KeyOf(name))))
            await results.DeleteDocumentAsync(runId, name, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The checkpoints of a run's batches, but those of branches whose manifests count them already.</summary>
    public static async Task<IReadOnlyList<BatchCheckpoint>> ReadAllAsync(
        IResultStore results, string runId, IReadOnlyList<BranchManifest> closed, CancellationToken cancellationToken)
    {
        var checkpoints = new List<BatchCheckpoint>();
        var names = await ListAsync(results, runId, key: null, cancellationToken).ConfigureAwait(false);
        foreach (var executions in names.GroupBy(KeyOf, StringComparer.Ordinal))
        {
            if (closed.Any(branch => executions.Key.StartsWith($"{branch.BranchId}-", StringComparison.Ordinal)))
                continue;
            if (await ReadAsync(results, runId, executions.Max(StringComparer.Ordinal)!).ConfigureAwait(false) is { } checkpoint)
                checkpoints.Add(checkpoint);
        }

        return checkpoints;
    }

    /// <summary>Writes it durably.</summary>
    public ValueTask WriteAsync(IResultStore results, string runId, string key, long epoch) => results.WriteDocumentAsync(
        runId, DocumentName(key, epoch), JsonSerializer.SerializeToUtf8Bytes(this, FanoutJson.Options), CancellationToken.None);

    private static ValueTask<BatchCheckpoint?> ReadAsync(IResultStore results, string runId, string documentName) =>
        StoredJson.ReadAsync<BatchCheckpoint>(results, runId, documentName, CancellationToken.None);

    private static async Task<List<string>> ListAsync(IResultStore results, string runId, string? key, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in results.ListDocumentsAsync(runId, key is null ? Folder : $"{Folder}{key}.", cancellationToken).ConfigureAwait(false))
            names.Add(name);
        return names;
    }

    private static string KeyOf(string documentName) => documentName[Folder.Length..documentName.IndexOf('.', StringComparison.Ordinal)];
}
