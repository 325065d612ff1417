namespace Fanout.Sources;

/// <summary>JSON Lines.</summary>
internal sealed class JsonlSource(IContent content, ScanSettings settings) : LineSource<JsonlFormat>(content, settings)
{
    protected override JsonlFormat NewFormat() => new(Name);
}
