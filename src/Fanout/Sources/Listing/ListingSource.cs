namespace Fanout.Sources;

/// <summary>What a listing lists. It is taken once, when the run is planned, into its workspace: what comes or goes later changes nothing.</summary>
internal sealed class ListingSource(IItemListing listing, ScanSettings settings) : ISource
{
    private string Name => listing.Name;

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return listing.CheckAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken);
        await workspace.WriteAsync(WorkspaceFiles.Listing, stream => listing.WriteAsync(stream, cancellationToken));
        using var text = Open(workspace, null);
        var scan = new TextScan<JsonlFormat>(() => Open(workspace, null), new JsonlFormat(Name), settings);
        var count = await scan.PlanAsync(text, new Place(0, Line: 1), workspace, cancellationToken);
        return new SourcePlan(count, new ContentStamp(WorkspaceFiles.Listing, text.Length, null).ToString());
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Open(workspace, plan).Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ItemRange.Check(plan, start, end);
        if (start == end)
            return EmptyReader.Instance;
        var text = Open(workspace, plan);
        try
        {
            return await RecordRange.OpenAsync(text, new JsonlFormat(Name), settings, workspace, (start, end), cancellationToken);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    private RecordText Open(ISourceWorkspace workspace, SourcePlan? plan)
    {
        if (plan is not null)
            return ContentStamp.Parse(plan.Fingerprint, Name).OpenCopy(Name, workspace);
        var stream = workspace.Open(WorkspaceFiles.Listing, Name);
        return new RecordText(Name, stream, stream.Length);
    }
}
