namespace Fanout.Sources;

/// <summary>How text is scanned. All but <see cref="MaxItemBytes"/> are for tests, which want borders everywhere.</summary>
internal sealed record ScanSettings
{
    /// <summary>Largest item; a larger one becomes a defect and is never held in memory.</summary>
    public int MaxItemBytes { get; init; } = SourceSpec.DefaultMaxItemBytes;

    /// <summary>Read at once. 256 KiB: as fast as larger blocks, and it stays in the second-level cache.</summary>
    public int BlockBytes { get; init; } = 256 * 1024;

    /// <summary>A cell of the index, to begin with: of each the first item is kept, so that no more than a cell is read in vain. 64 KiB.</summary>
    public int CellBytes { get; init; } = 64 * 1024;

    /// <summary>The index's largest size (64 Ki entries are 1.5 MiB); the cells of a longer text are larger.</summary>
    public int MaxIndexEntries { get; init; } = 64 * 1024;

    /// <summary>What one scanner takes of a text of lines that is scanned in parts; a shorter text has one part. 64 MiB.</summary>
    public long PartBytes { get; init; } = 64 << 20;

    /// <summary>
    /// A remote text of lines of at least so many bytes is planned by several activities, each of which takes <see cref="PartBytes"/> of it, or a 64th of a
    /// longer one; null: none is. 256 MiB: less is scanned by one before several have begun.
    /// </summary>
    public long? SplitRemoteFrom { get; init; } = 256 << 20;

    /// <summary>Likewise a file. Default: none is, since only this machine reads it, and scans it in parts at once anyway.</summary>
    public long? SplitFileFrom { get; init; }

    /// <summary>Parts of a file scanned at once: as many as there are cores, at most 4, since beyond that the disk is the limit.</summary>
    public int FileScanners { get; init; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>Parts of a remote text scanned at once, each with two fetches of up to 4 MiB: 8.</summary>
    public int RemoteScanners { get; init; } = 8;

    /// <summary>How much of a remote text is fetched at once.</summary>
    public RangeSettings Ranges { get; init; } = RangeSettings.Default;
}
