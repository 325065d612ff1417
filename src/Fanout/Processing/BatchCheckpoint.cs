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
public sealed record BatchCheckpoint(
    IReadOnlyList<PartRef> Parts, long Next, [property: JsonConverter(typeof(PendingItemsJsonConverter))] IReadOnlyList<PendingItem> Unsettled, Tally Tally)
{
    /// <summary>Names of checkpoints begin with this.</summary>
    private const string Folder = "lanes/";

    /// <summary>What is left of keys that were begun.</summary>
    [JsonConverter(typeof(KeyRestsJsonConverter))]
    public IReadOnlyList<KeyRest> Keys { get; init; } = [];

    /// <summary>When it was taken, UTC: a fresh one tells that its execution is alive.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>By its lane's rate: when a next start would come if starts were spaced evenly, UTC; null: that is past, or lanes share a pacer.</summary>
    public DateTimeOffset? PaceArrival { get; init; }

    /// <summary>How the execution ended; null: it did not, or what it left is to be gone on with.</summary>
    public BatchEnding? Ending { get; init; }

    /// <summary>True: the execution began what is suspected of killing workers, alone in its process.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsAlone { get; init; }

    /// <summary>True: the execution gave up without having ended the batch, and lived on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Survived { get; init; }

    /// <summary>The epoch of the execution it is of; 0: it was not found, but made.</summary>
    [JsonIgnore]
    public long Epoch { get; init; }

    /// <summary>That of a batch no execution has begun.</summary>
    public static BatchCheckpoint Start(BatchInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new(Parts: [], input.Start, input.Pending, Tally.Zero) { Keys = input.Keys, PaceArrival = input.PaceArrival };
    }

    /// <summary>What the batch hands back of it.</summary>
    public BatchResult ToResult(BatchEnd end) => new()
    {
        End = end,
        Next = Next,
        Pending = Unsettled,
        Keys = Keys,
        Tally = Tally,
        Parts = Parts,
        PaceArrival = PaceArrival,
    };

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

    /// <summary>Reads the checkpoints of all executions of a batch, the newest last.</summary>
    public static async Task<IReadOnlyList<BatchCheckpoint>> FindAllAsync(IResultStore results, string runId, string key)
    {
        var checkpoints = new List<BatchCheckpoint>();
        foreach (var name in (await ListAsync(results, runId, key, CancellationToken.None).ConfigureAwait(false)).Order(StringComparer.Ordinal))
        {
            if (await ReadAsync(results, runId, name).ConfigureAwait(false) is { } checkpoint)
                checkpoints.Add(checkpoint);
        }

        return checkpoints;
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
        foreach (var (key, name) in await FindNewestAsync(results, runId, cancellationToken).ConfigureAwait(false))
        {
            if (closed.Any(branch => key.StartsWith($"{branch.BranchId}-", StringComparison.Ordinal)))
                continue;
            if (await ReadAsync(results, runId, name).ConfigureAwait(false) is { } checkpoint)
                checkpoints.Add(checkpoint);
        }

        return checkpoints;
    }

    /// <summary>The batches of a run that have checkpoints, and the document of the newest execution of each.</summary>
    public static async Task<IReadOnlyList<(string Key, string DocumentName)>> FindNewestAsync(IResultStore results, string runId, CancellationToken cancellationToken)
    {
        var names = await ListAsync(results, runId, key: null, cancellationToken).ConfigureAwait(false);
        return [.. names.GroupBy(KeyOf, StringComparer.Ordinal).Select(executions => (executions.Key, executions.Max(StringComparer.Ordinal)!))];
    }

    /// <summary>Writes it durably.</summary>
    public ValueTask WriteAsync(IResultStore results, string runId, string key, long epoch) => results.WriteDocumentAsync(
        runId, DocumentName(key, epoch), JsonSerializer.SerializeToUtf8Bytes(this, FanoutJson.Options), CancellationToken.None);

    /// <summary>Writes it durably if the execution of that epoch has none yet. False: it has, so that somebody else is that execution.</summary>
    public ValueTask<bool> TryCreateAsync(IResultStore results, string runId, string key, long epoch) => results.TryCreateDocumentAsync(
        runId, DocumentName(key, epoch), JsonSerializer.SerializeToUtf8Bytes(this, FanoutJson.Options), CancellationToken.None);

    /// <summary>Reads one; null: it has been deleted since.</summary>
    public static async ValueTask<BatchCheckpoint?> ReadAsync(IResultStore results, string runId, string documentName)
    {
        var read = await StoredJson.ReadAsync<BatchCheckpoint>(results, runId, documentName, CancellationToken.None).ConfigureAwait(false);
        return read is null ? null : read with { Epoch = EpochOf(documentName) };
    }

    private static async Task<List<string>> ListAsync(IResultStore results, string runId, string? key, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in results.ListDocumentsAsync(runId, key is null ? Folder : $"{Folder}{key}.", cancellationToken).ConfigureAwait(false))
            names.Add(name);
        return names;
    }

    private static long EpochOf(string documentName) =>
        documentName.Split('.') is [_, var epoch, _] && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string KeyOf(string documentName) => documentName[Folder.Length..documentName.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>How an execution of a batch ended: with its last checkpoint, all that the batch hands back. A batch that was delivered again need not be worked again.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="ItemsPerSecond">How fast it settled items.</param>
/// <param name="Stop">With <see cref="BatchEnd.Stopped"/>: why the run is to end.</param>
/// <param name="Message">More about the stop.</param>
/// <param name="ControlVersion">The control version it acted on.</param>
public sealed record BatchEnding(BatchEnd End, double ItemsPerSecond, CompletionReason? Stop, string? Message, long ControlVersion)
{
    /// <summary>The result of the batch whose last checkpoint this is.</summary>
    public static BatchResult? ResultOf(BatchCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Ending is not { } ending ? null : checkpoint.ToResult(ending.End) with
        {
            ItemsPerSecond = ending.ItemsPerSecond,
            Stop = ending.Stop,
            Message = ending.Message,
            ControlVersion = ending.ControlVersion,
        };
    }
}
