namespace Fanout.Sources;

/// <summary>How text is scanned. All but <see cref="MaxItemBytes"/> are for tests, which want borders everywhere.</summary>
internal sealed record ScanSettings
{
    /// <summary>Largest item; a larger one becomes a defect and is never held in memory.</summary>
    public int MaxItemBytes { get; init; } = SourceSpec.DefaultMaxItemBytes;

    /// <summary>Read at once. 256 KiB: as fast as larger blocks, and it stays in the second-level cache.</summary>
    public int BlockBytes { get; init; } = 256 * 1024;

    /// <summary>Items from one index entry to the next, to begin with.</summary>
    public int Stride { get; init; } = 1024;

    /// <summary>The index's largest size (64 Ki entries are 1 MiB); beyond it the stride doubles.</summary>
    public int MaxIndexEntries { get; init; } = 64 * 1024;
}
