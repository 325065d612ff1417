namespace Fanout.Sources;

/// <summary>A source that is one text cut into records: what the kinds of files have in common.</summary>
internal abstract class RecordSource<TFormat>(IContent content, ScanSettings settings) : ISource
    where TFormat : struct, IRecordFormat
{
    /// <summary>What messages call the source.</summary>
    protected string Name => content.Name;

    /// <summary>The text.</summary>
    protected IContent Content => content;

    /// <summary>Limits and sizes.</summary>
    protected ScanSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckSpec();
        return content.CheckAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        CheckSpec();
        var stamp = await content.PrepareAsync(workspace, cancellationToken);
        using var text = content.Open(stamp, workspace);
        text.Expect(text.Length);
        await text.LoadAsync(cancellationToken);
        var first = TextHead.Begin(text);
        var format = Begin(text, ref first);
        var scan = new TextScan<TFormat>(() => content.Open(stamp, workspace), format, Settings);
        var count = await scan.PlanAsync(text, first, workspace, cancellationToken);
        content.Open(stamp, workspace).Dispose(); // refuses a file that changed meanwhile
        return new SourcePlan(count, stamp.ToString());
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return content.VerifyAsync(ContentStamp.Parse(plan.Fingerprint, Name), workspace, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ItemRange.Check(plan, start, end);
        if (start == end)
            return EmptyReader.Instance;
        var text = content.Open(ContentStamp.Parse(plan.Fingerprint, Name), workspace);
        try
        {
            return await RecordRange.OpenAsync(
                text, await ResumeAsync(text, cancellationToken), Settings, workspace, (start, end), cancellationToken);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what of the spec cannot be.</summary>
    protected virtual void CheckSpec()
    {
    }

    /// <summary>The format for planning; moves <paramref name="first"/>, where the text begins, to where the first item may begin.</summary>
    protected abstract TFormat Begin(RecordText text, ref Place first);

    /// <summary>The format for reading items.</summary>
    protected abstract ValueTask<TFormat> ResumeAsync(RecordText text, CancellationToken cancellationToken);
}
