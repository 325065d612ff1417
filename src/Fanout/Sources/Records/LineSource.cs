namespace Fanout.Sources;

/// <summary>
/// A text whose records are lines, so that its parts can be found without reading what is before them. A large one that is read by range where it
/// stands is planned by several activities; everything else where its plan is asked for.
/// </summary>
internal abstract class LineSource<TFormat>(IContent content, ScanSettings settings) : RecordSource<TFormat>(content, settings), ISplitPlanSource
    where TFormat : struct, IRecordFormat
{
    /// <inheritdoc/>
    public async ValueTask<SourceSplit?> SplitAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var from = Content.IsRemote ? Settings.SplitRemoteFrom : Settings.SplitFileFrom;
        if (from is null || await Content.FindAsync(cancellationToken) is not { } stamp || stamp.Length < from)
            return null;
        using var text = Content.Open(stamp, workspace);
        await text.LoadAsync(cancellationToken);
        var split = TextSplit.Of(stamp, TextHead.Begin(text).Offset, Settings);
        var parts = split.Parts.Count;
        return parts > 1 ? new SourceSplit(parts, split.ToString()) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<PlannedPart> PlanPartAsync(SourceSplit split, int part, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cut = TextSplit.Parse(split.State, Name);
        using var text = Content.Open(cut.Stamp, workspace);
        var scan = new PartScan<TFormat>(NewFormat(), Settings, cut.CellBytes);
        var scanned = await scan.ScanPartAsync(text, cut.First, cut.Parts[part], cancellationToken);
        await IndexPartFile.WriteAsync(workspace, part, scanned);
        return new PlannedPart(scanned.Items);
    }

    /// <inheritdoc/>
    public async ValueTask<SourcePlan> MergeAsync(
        SourceSplit split, IReadOnlyList<PlannedPart> parts, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        var cut = TextSplit.Parse(split.State, Name);
        await Content.VerifyAsync(cut.Stamp, workspace, cancellationToken);
        var indexed = parts.Select((part, number) => IndexPartFile.Read(workspace, Name, number, part.ItemCount, cut.CellBytes)).ToList();
        await SparseIndex.WriteAsync(workspace, IndexPart.Merge(indexed, cut.CellBytes));
        return new SourcePlan(parts.Sum(part => part.ItemCount), cut.Stamp.ToString());
    }

    protected sealed override TFormat Begin(RecordText text, ref Place first) => NewFormat();

    protected sealed override ValueTask<TFormat> ResumeAsync(RecordText text, CancellationToken cancellationToken) => ValueTask.FromResult(NewFormat());

    /// <summary>The format, the same wherever reading begins.</summary>
    protected abstract TFormat NewFormat();
}
