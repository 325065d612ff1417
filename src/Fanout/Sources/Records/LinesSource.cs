namespace Fanout.Sources;

/// <summary>Lines of a text file.</summary>
internal sealed class LinesSource(IContent content, ScanSettings settings) : RecordSource<LinesFormat>(content, settings)
{
    protected override LinesFormat Begin(RecordText text, ref Place first) => new(Name);

    protected override ValueTask<LinesFormat> ResumeAsync(RecordText text, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new LinesFormat(Name));
}
