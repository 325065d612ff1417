namespace Fanout.Sources;

/// <summary>JSON Lines.</summary>
internal sealed class JsonlSource(IContent content, ScanSettings settings) : RecordSource<JsonlFormat>(content, settings)
{
    protected override JsonlFormat Begin(RecordText text, ref Place first) => new(Name);

    protected override ValueTask<JsonlFormat> ResumeAsync(RecordText text, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JsonlFormat(Name));
}
