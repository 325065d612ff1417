using Fanout.Sources;

namespace Fanout.Results;

/// <summary>
/// The items of an earlier run that did not succeed. Planning copies them into a spool of its own, so that a later change of the earlier
/// run's source, or its purge, does not matter. An item keeps the key it had, or gets <c>earlierRun/index</c>: its idempotency key stays
/// that of the run that first saw it, through chains of redrives.
/// </summary>
/// <param name="spec">Which items.</param>
/// <param name="store">Where the earlier run's results are.</param>
/// <param name="findEarlier">Finds the earlier run; null: there is none of that id.</param>
public sealed class RedriveSource(
    RedriveSourceSpec spec, IResultStore store, Func<CancellationToken, ValueTask<EarlierRun?>> findEarlier) : ISource
{
    /// <inheritdoc/>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        var earlier = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (earlier.Plan is { } plan)
            await earlier.Source.VerifyAsync(plan, earlier.Workspace, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var earlier = await FindAsync(cancellationToken).ConfigureAwait(false);
        var plan = earlier.Plan!;
        await earlier.Source.VerifyAsync(plan, earlier.Workspace, cancellationToken).ConfigureAwait(false);

        var selection = new RedriveItems(spec, earlier, store);
        var items = new SkippingItemReader(earlier.Source, plan, earlier.Workspace);
        await using var _ = items.ConfigureAwait(false);
        using var spool = new SpoolWriter(workspace);
        await foreach (var index in selection.SelectAsync(cancellationToken).ConfigureAwait(false))
        {
            var item = await items.ReadAsync(index, cancellationToken).ConfigureAwait(false);
            spool.Add(item with { Key = item.Key ?? FormattableString.Invariant($"{earlier.RunId}/{index}") });
        }

        return new SourcePlan(spool.Publish(), Fingerprint: null);
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return SpoolWriter.IsPublished(workspace) ? ValueTask.CompletedTask : throw new SourceException(
            $"The items redriven from run '{spec.Run}' are gone from this run's workspace. Start the redrive again under a new id.");
    }

    /// <inheritdoc/>
    public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, plan.ItemCount);
        return SpoolReader.OpenAsync(workspace, start, end, cancellationToken);
    }

    private async ValueTask<EarlierRun> FindAsync(CancellationToken cancellationToken)
    {
        var earlier = await findEarlier(cancellationToken).ConfigureAwait(false)
            ?? throw new SourceException($"There is no run '{spec.Run}' to redrive. List the runs to find its id; a purged run cannot be redriven.");
        RedriveItems.Check(spec, earlier);
        return earlier;
    }
}
