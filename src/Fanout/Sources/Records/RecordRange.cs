namespace Fanout.Sources;

/// <summary>Opens ranges of the records of a text.</summary>
internal static class RecordRange
{
    /// <summary>Opens a range that is not empty, and fetches its beginning where it is fetched. The reader owns the text.</summary>
    public static async ValueTask<IItemReader> OpenAsync<TFormat>(
        RecordText text, TFormat format, ScanSettings settings, ISourceWorkspace workspace, (long Start, long End) range, CancellationToken cancellationToken)
        where TFormat : struct, IRecordFormat
    {
        var indexed = SparseIndex.Find(workspace, text.Name, range.Start, range.End);
        var part = text with { Length = Math.Min(text.Length, indexed.EndOffset) };
        var scanner = new RecordScanner<TFormat>(part, indexed.First, format, settings);
        var reader = new RecordReader<TFormat>(scanner, text, settings.MaxItemBytes, range.Start - indexed.FirstItem, range);
        try
        {
            part.Expect(part.Length);
            await part.LoadAsync(cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }
}
