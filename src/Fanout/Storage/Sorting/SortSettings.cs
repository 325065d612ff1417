namespace Fanout.Storage;

/// <summary>How much memory a sort takes. The defaults come to 32 MiB at most; tests make them small.</summary>
internal sealed record SortSettings
{
    public static SortSettings Default { get; } = new();

    /// <summary>Bytes of records sorted at once; a larger record is sorted alone. 16 MiB.</summary>
    public int RunBytes { get; init; } = 16 << 20;

    /// <summary>Records sorted at once; each takes 48 bytes beside its own. 256 Ki.</summary>
    public int RunRecords { get; init; } = 256 << 10;

    /// <summary>Sorted runs merged at once, each read in blocks of <see cref="BlockBytes"/>.</summary>
    public int FanIn { get; init; } = 128;

    /// <summary>Read and written at once.</summary>
    public int BlockBytes { get; init; } = 64 << 10;
}
