namespace Fanout.Sources;

/// <summary>Counts and indexes the records of a text, and opens ranges of them.</summary>
internal static class RecordRange
{
    /// <summary>Reads to the end, writes the index, returns the number of items. Disposes of the scanner.</summary>
    public static async ValueTask<long> PlanAsync<TFormat>(
        RecordScanner<TFormat> scanner, ScanSettings settings, ISourceWorkspace workspace, CancellationToken cancellationToken)
        where TFormat : struct, IRecordFormat
    {
        var index = new SparseIndexBuilder(settings);
        using (scanner)
            Scan(scanner, index, cancellationToken);
        await index.WriteAsync(workspace);
        return index.Count;
    }

    /// <summary>Opens a range that is not empty. The reader owns the text.</summary>
    public static IItemReader Open<TFormat>(
        RecordText text, TFormat format, ScanSettings settings, ISourceWorkspace workspace, (long Start, long End) range)
        where TFormat : struct, IRecordFormat
    {
        var indexed = SparseIndex.Find(workspace, text.Name, range.Start, range.End);
        var part = text with { Length = Math.Min(text.Length, indexed.EndOffset) };
        var scanner = new RecordScanner<TFormat>(part, indexed.First, format, settings);
        return new RecordReader<TFormat>(scanner, text, settings.MaxItemBytes, range.Start - indexed.FirstItem, range);
    }

    private static void Scan<TFormat>(RecordScanner<TFormat> scanner, SparseIndexBuilder index, CancellationToken cancellationToken)
        where TFormat : struct, IRecordFormat
    {
        do
        {
            while (scanner.TryNext(out var record))
            {
                scanner.Format.Inspect(record);
                index.Add(record.Offset, record.Line);
            }
        }
        while (scanner.Load(cancellationToken));

        scanner.Format.InspectEnd();
    }
}
