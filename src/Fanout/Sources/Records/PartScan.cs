namespace Fanout.Sources;

/// <summary>Counts and indexes the records that begin in a part of a text.</summary>
/// <param name="format">How it is cut into records, at its beginning.</param>
/// <param name="settings">Sizes.</param>
/// <param name="cellBytes">The size of the index's cells (<see cref="IndexPart.CellBytes"/>).</param>
internal sealed class PartScan<TFormat>(TFormat format, ScanSettings settings, long cellBytes)
    where TFormat : struct, IRecordFormat
{
    /// <summary>Scans one of several parts, of a text whose records are lines.</summary>
    /// <param name="text">The text, for this scan alone.</param>
    /// <param name="first">Where the text's first record may begin.</param>
    /// <param name="part">The part's borders.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SourceException">The text cannot be read, or is another version.</exception>
    public async ValueTask<IndexPart> ScanPartAsync(RecordText text, Place first, (long Start, long End) part, CancellationToken cancellationToken)
    {
        text.Expect(part.End);
        if (part.Start == first.Offset)
            return await ScanAsync(text, first, part.End, cancellationToken);
        return await TextParts.FindLineAsync(text, part, settings.BlockBytes, cancellationToken) is { } offset
            ? await ScanAsync(text, new Place(offset, Line: 1), part.End, cancellationToken)
            : new IndexPart(cellBytes);
    }

    /// <summary>Scans the records that begin from <paramref name="first"/> up to but not including the offset <paramref name="stop"/>.</summary>
    /// <exception cref="SourceException">The text is broken, or cannot be read.</exception>
    public async ValueTask<IndexPart> ScanAsync(RecordText text, Place first, long stop, CancellationToken cancellationToken)
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
