namespace Fanout.Sources;

/// <summary>Counts and indexes the records of a text in this process, in parts at once where its format allows it.</summary>
/// <param name="open">Opens the text again, for another scanner.</param>
/// <param name="format">How it is cut into records, at its beginning.</param>
/// <param name="settings">Sizes.</param>
internal sealed class TextScan<TFormat>(Func<RecordText> open, TFormat format, ScanSettings settings)
    where TFormat : struct, IRecordFormat
{
    /// <summary>Reads to the end, writes the index, returns the number of items.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">Where its first item may begin.</param>
    /// <param name="workspace">Where the index goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SourceException">The text is broken, or cannot be read to its end.</exception>
    public async ValueTask<long> PlanAsync(RecordText text, Place first, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        var cellBytes = IndexPart.CellBytes(text.Length, settings);
        var scan = new PartScan<TFormat>(format, settings, cellBytes);
        var ranges = TFormat.SpansLines ? [(first.Offset, text.Length)] : TextParts.Split(first.Offset, text.Length, settings.PartBytes);
        var parts = ranges.Count == 1
            ? [await scan.ScanAsync(text, first, long.MaxValue, cancellationToken)]
            : await ScanAllAsync(scan, first, ranges, text.IsRemote ? settings.RemoteScanners : settings.FileScanners, cancellationToken);
        await SparseIndex.WriteAsync(workspace, IndexPart.Merge(parts, cellBytes));
        return parts.Sum(part => part.Items);
    }

    private async ValueTask<IndexPart[]> ScanAllAsync(
        PartScan<TFormat> scan, Place first, IReadOnlyList<(long Start, long End)> ranges, int scanners, CancellationToken cancellationToken)
    {
        var parts = new IndexPart[ranges.Count];
        await Parallel.ForAsync(
            0,
            ranges.Count,
            new ParallelOptions { MaxDegreeOfParallelism = scanners, CancellationToken = cancellationToken },
            async (i, stopping) =>
            {
                using var own = open();
                parts[i] = await scan.ScanPartAsync(own, first, ranges[i], stopping);
            });
        return parts;
    }
}
