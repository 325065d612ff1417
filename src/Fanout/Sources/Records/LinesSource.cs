namespace Fanout.Sources;

/// <summary>Lines of a text file.</summary>
internal sealed class LinesSource(IContent content, ScanSettings settings) : LineSource<LinesFormat>(content, settings)
{
    protected override LinesFormat NewFormat() => new(Name);
}
