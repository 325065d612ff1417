namespace Fanout.Sources;

/// <summary>Lines of a text file.</summary>
internal sealed class LinesSource(FileContent content, ScanSettings settings) : RecordSource<LinesFormat>(content, settings)
{
    protected override LinesFormat Begin(RecordText text, ref Place first) => new(Name);

    protected override LinesFormat Resume(RecordText text) => new(Name);
}
