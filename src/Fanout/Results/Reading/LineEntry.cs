namespace Fanout.Results;

/// <summary>Where one line of a part is. 16 bytes: a part may hold a million.</summary>
/// <param name="Offset">Byte offset of the line in its part.</param>
/// <param name="RelativeIndex">The item's index less the part's first.</param>
/// <param name="Length">Bytes, the line end included.</param>
internal readonly record struct LineEntry(long Offset, uint RelativeIndex, int Length) : IComparable<LineEntry>
{
    public int CompareTo(LineEntry other) => RelativeIndex.CompareTo(other.RelativeIndex);
}
