namespace Fanout.Sources;

/// <summary>JSON Lines.</summary>
internal sealed class JsonlSource(FileContent content, ScanSettings settings) : RecordSource<JsonlFormat>(content, settings)
{
    protected override JsonlFormat Begin(RecordText text, ref Place first) => new(Name);

    protected override JsonlFormat Resume(RecordText text) => new(Name);
}
