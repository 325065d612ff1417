using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>Reads the items an earlier batch left unsettled.</summary>
internal static class PendingItems
{
    // Items closer together than this are read in one go.
    private const long NearEnough = 256;

    public static async Task<IReadOnlyList<WaitingItem>> LoadAsync(RunScope scope, SourcePlan source, IReadOnlyList<PendingItem> pending)
    {
        var sorted = pending.OrderBy(item => item.Index).ToList();
        var loaded = new List<WaitingItem>(sorted.Count);
        for (var from = 0; from < sorted.Count;)
        {
            var to = from + 1;
            while (to < sorted.Count && sorted[to].Index - sorted[to - 1].Index <= NearEnough)
                to++;
            await ReadAsync(scope, source, sorted[from..to], loaded).ConfigureAwait(false);
            from = to;
        }

        return loaded;
    }

    private static async Task ReadAsync(RunScope scope, SourcePlan source, List<PendingItem> near, List<WaitingItem> loaded)
    {
        var reader = await scope.Source
            .OpenAsync(source, scope.Workspace, near[0].Index, near[^1].Index + 1, CancellationToken.None).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var next = 0;
        do
        {
            while (next < near.Count && reader.TryRead(out var item))
            {
                if (item.Index != near[next].Index)
                    continue;
                var wanted = near[next++];
                loaded.Add(new WaitingItem(
                    item with { Value = item.Value.ToArray() }, wanted.Attempts, wanted.NotBefore ?? DateTimeOffset.MinValue, null));
            }
        }
        while (next < near.Count && await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false));

        if (next < near.Count)
            throw new SourceException($"The source of run '{scope.RunId}' has no item {near[next].Index} any more. Restore it, or start a new run.");
    }
}
