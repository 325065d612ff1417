namespace Fanout.Sources;

/// <summary>How much of a remote text is fetched at once. Tests make it small.</summary>
public sealed record RangeSettings
{
    /// <summary>What sources use.</summary>
    public static RangeSettings Default { get; } = new();

    /// <summary>First fetch after a jump to where more is expected: 256 KiB. Each that follows is four times as large.</summary>
    public int FirstBytes { get; init; } = 256 << 10;

    /// <summary>First fetch of what is not expected (a header, the end of a record that crosses a border): 64 KiB.</summary>
    public int UnexpectedBytes { get; init; } = 64 << 10;

    /// <summary>Largest fetch, of which a stream holds two: 4 MiB.</summary>
    public int LargestBytes { get; init; } = 4 << 20;
}
