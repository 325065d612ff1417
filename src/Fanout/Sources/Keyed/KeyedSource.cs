using Fanout.Storage;

namespace Fanout.Sources;

/// <summary>
/// A source that planning also partitions by key, in one more pass. By index it reads as the source itself does; by key it is read from the
/// partition (<see cref="KeyRuns"/>).
/// </summary>
/// <param name="inner">The source.</param>
/// <param name="pointer">Where the key is in an item.</param>
/// <param name="settings">Memory of the sort.</param>
internal sealed class KeyedSource(ISource inner, string pointer, SortSettings settings) : ISource
{
    /// <summary>The source a spec asks for: partitioned when it has limits by key.</summary>
    public static ISource Of(RunSpec spec, ISource source) =>
        spec.Flow.PerKey is { } perKey ? new KeyedSource(source, perKey.Key, SortSettings.Default) : source;

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        var plan = await inner.PlanAsync(workspace, cancellationToken);
        await using var items = await inner.OpenAsync(plan, workspace, 0, plan.ItemCount, cancellationToken);
        var partition = new KeyPartition(workspace, new ItemKeys(pointer), settings);
        return plan with { ByKey = await partition.WriteAsync(items, cancellationToken) };
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken) =>
        inner.VerifyAsync(plan, workspace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken) =>
        inner.OpenAsync(plan, workspace, start, end, cancellationToken);
}
