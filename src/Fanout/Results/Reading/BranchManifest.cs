using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Results;

/// <summary>The parts that one branch of a run has had recorded so far: <c>branches/&lt;branch&gt;.json</c>.</summary>
/// <param name="BranchId">The branch's instance id, such as <c>runId:b0001</c>.</param>
/// <param name="Parts">The parts that count, in any order.</param>
/// <param name="Tally">What its items came to.</param>
public sealed record BranchManifest(string BranchId, IReadOnlyList<PartRef> Parts, Tally Tally)
{
    private const string Folder = "branches/";

    /// <summary>Writes it, replacing the branch's earlier one.</summary>
    /// <exception cref="StorageException">The place is full or not writable.</exception>
    public ValueTask WriteAsync(IResultStore store, string runId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var json = JsonSerializer.SerializeToUtf8Bytes(this, FanoutJson.Options);
        return store.WriteDocumentAsync(runId, DocumentName(runId, BranchId), json, cancellationToken);
    }

    /// <summary>Reads one; null: the branch has written none.</summary>
    /// <exception cref="StorageException">It cannot be read, or is damaged.</exception>
    public static ValueTask<BranchManifest?> ReadAsync(IResultStore store, string runId, string branchId, CancellationToken cancellationToken) =>
        StoredJson.ReadAsync<BranchManifest>(store, runId, DocumentName(runId, branchId), cancellationToken);

    /// <summary>All of a run's branches.</summary>
    /// <exception cref="StorageException">One cannot be read, or is damaged.</exception>
    public static async Task<IReadOnlyList<BranchManifest>> ReadAllAsync(IResultStore store, string runId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var branches = new List<BranchManifest>();
        await foreach (var name in store.ListDocumentsAsync(runId, Folder, cancellationToken).ConfigureAwait(false))
        {
            // Between listing and reading a purge may have deleted it.
            if (await StoredJson.ReadAsync<BranchManifest>(store, runId, name, cancellationToken).ConfigureAwait(false) is { } branch)
                branches.Add(branch);
        }

        return branches;
    }

    /// <summary>Branch ids hold colons, which file names must not on every system.</summary>
    private static string DocumentName(string runId, string branchId)
    {
        var prefix = runId + ":";
        var name = branchId.StartsWith(prefix, StringComparison.Ordinal) ? branchId[prefix.Length..] : branchId;
        return $"{Folder}{name.Replace(':', '.')}.json";
    }
}
