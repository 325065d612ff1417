namespace Fanout.Sources;

/// <summary>Counts and indexes the records of a text, in parts at once where its format allows it.</summary>
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
        var ranges = TFormat.SpansLines ? [(first.Offset, text.Length)] : TextParts.Split(first.Offset, text.Length, settings.PartBytes);
        var parts = ranges.Count == 1
            ? [await ScanAsync(text, first, long.MaxValue, cellBytes, cancellationToken)]
            : await ScanAllAsync(text, first, ranges, cellBytes, cancellationToken);
        await SparseIndex.WriteAsync(workspace, IndexPart.Merge(parts, cellBytes));
        return parts.Sum(part => part.Items);
    }

    private async ValueTask<IndexPart[]> ScanAllAsync(
        RecordText text, Place first, IReadOnlyList<(long Start, long End)> ranges, long cellBytes, CancellationToken cancellationToken)
    {
        var parts = new IndexPart[ranges.Count];
        var scanners = text.IsRemote ? settings.RemoteScanners : settings.FileScanners;
        await Parallel.ForAsync(
            0,
            ranges.Count,
            new ParallelOptions { MaxDegreeOfParallelism = scanners, CancellationToken = cancellationToken },
            async (i, stopping) =>
            {
                using var own = open();
                own.Expect(ranges[i].End);
                var begin = i == 0 ? first.Offset : await TextParts.FindLineAsync(own, ranges[i], settings.BlockBytes, stopping);
                parts[i] = begin is { } offset
                    ? await ScanAsync(own, new Place(offset, i == 0 ? first.Line : 1), ranges[i].End, cellBytes, stopping)
                    : new IndexPart(cellBytes);
            });
        return parts;
    }

    private async ValueTask<IndexPart> ScanAsync(RecordText text, Place first, long stop, long cellBytes, CancellationToken cancellationToken)
    {
        var part = new IndexPart(cellBytes);
        using var scanner = new RecordScanner<TFormat>(text, first, format, settings, stop);
        do
            AddLoaded(scanner, part);
        while (await scanner.LoadAsync(cancellationToken));

        scanner.Format.InspectEnd();
        part.End(scanner.Next.Line - 1);
        return part;
    }

    private static void AddLoaded(RecordScanner<TFormat> scanner, IndexPart part)
    {
        while (scanner.TryNext(out var record))
        {
            scanner.Format.Inspect(record);
            part.Add(record.Offset, record.Line);
        }
    }
}
