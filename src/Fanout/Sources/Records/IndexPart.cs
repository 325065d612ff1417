namespace Fanout.Sources;

/// <summary>
/// What one part of a text holds: of each cell the first item that begins in it, items and lines counted from the part's own beginning.
/// Cells are of the whole text, wherever parts begin, so that any parts come to the same index (<see cref="Merge"/>).
/// </summary>
/// <param name="cellBytes">See <see cref="CellBytes"/>.</param>
internal sealed class IndexPart(long cellBytes)
{
    private readonly List<IndexEntry> _entries = [];
    private long _nextCell;

    /// <summary>A part that was scanned before.</summary>
    public IndexPart(long cellBytes, IEnumerable<IndexEntry> entries, long items, long lines)
        : this(cellBytes) => (_entries, Items, Lines) = ([.. entries], items, lines);

    /// <summary>Of each cell the first item.</summary>
    public IReadOnlyList<IndexEntry> Entries => _entries;

    /// <summary>Items that begin in it.</summary>
    public long Items { get; private set; }

    /// <summary>Lines that begin in it.</summary>
    public long Lines { get; private set; }

    /// <summary>The size of a text's cells: such that there are not too many.</summary>
    public static long CellBytes(long textBytes, ScanSettings settings)
    {
        var bytes = (long)settings.CellBytes;
        while ((textBytes / bytes) + 1 > settings.MaxIndexEntries && bytes <= textBytes)
            bytes *= 2;
        return bytes;
    }

    /// <summary>Adds the next item.</summary>
    /// <param name="offset">Where it begins in the text.</param>
    /// <param name="line">The line of the part it begins on, from 1.</param>
    public void Add(long offset, long line)
    {
        if (offset >= _nextCell)
        {
            _entries.Add(new IndexEntry(Items, new Place(offset, line)));
            _nextCell = ((offset / cellBytes) + 1) * cellBytes;
        }

        Items++;
    }

    /// <summary>Ends the part.</summary>
    public void End(long lines) => Lines = lines;

    /// <summary>The entries of the whole text: its parts in order, with items and lines counted on. A cell that parts share keeps the first's.</summary>
    public static IEnumerable<IndexEntry> Merge(IEnumerable<IndexPart> parts, long cellBytes)
    {
        var (items, lines, cell) = (0L, 0L, -1L);
        foreach (var part in parts)
        {
            foreach (var entry in part._entries)
            {
                if (entry.Place.Offset / cellBytes == cell)
                    continue;
                cell = entry.Place.Offset / cellBytes;
                yield return new IndexEntry(items + entry.Item, new Place(entry.Place.Offset, lines + entry.Place.Line));
            }

            items += part.Items;
            lines += part.Lines;
        }
    }
}

/// <summary>An item of which it is known where it begins.</summary>
internal readonly record struct IndexEntry(long Item, Place Place);
