namespace Fanout.Storage;

/// <summary>What records are sorted by.</summary>
/// <param name="Group">First by this.</param>
/// <param name="Place">Then by this.</param>
internal readonly record struct SortKey(UInt128 Group, long Place) : IComparable<SortKey>
{
    /// <summary>Bytes it takes in a file.</summary>
    public const int Size = 24;

    public int CompareTo(SortKey other)
    {
        var group = Group.CompareTo(other.Group);
        return group != 0 ? group : Place.CompareTo(other.Place);
    }
}
