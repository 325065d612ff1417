namespace Fanout.Sources;

/// <summary>A source that is one text cut into records: what the kinds of files have in common.</summary>
internal abstract class RecordSource<TFormat>(FileContent content, ScanSettings settings) : ISource
    where TFormat : struct, IRecordFormat
{
    /// <summary>What messages call the source.</summary>
    protected string Name => content.Name;

    /// <summary>Limits and sizes.</summary>
    protected ScanSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckSpec();
        content.Check();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        CheckSpec();
        var stamp = await content.PrepareAsync(workspace, cancellationToken);
        using var text = content.Open(stamp, workspace);
        var first = TextHead.Begin(text);
        var format = Begin(text, ref first);
        var count = await RecordRange.PlanAsync(new RecordScanner<TFormat>(text, first, format, Settings), Settings, workspace, cancellationToken);
        content.Open(stamp, workspace).Dispose(); // refuses a file that changed meanwhile
        return new SourcePlan(count, stamp.ToString());
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        content.Verify(ContentStamp.Parse(plan.Fingerprint, Name), workspace);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ItemRange.Check(plan, start, end);
        if (start == end)
            return ValueTask.FromResult<IItemReader>(EmptyReader.Instance);
        var text = content.Open(ContentStamp.Parse(plan.Fingerprint, Name), workspace);
        try
        {
            return ValueTask.FromResult<IItemReader>(RecordRange.Open(text, Resume(text), Settings, workspace, (start, end)));
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
    protected abstract TFormat Resume(RecordText text);
}
