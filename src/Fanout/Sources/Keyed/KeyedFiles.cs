namespace Fanout.Sources;

/// <summary>The names of a partition's files in a workspace.</summary>
internal static class KeyedFiles
{
    /// <summary>The items, those of a key next to each other.</summary>
    public const string Items = "keyed.items";

    /// <summary>For each key, in order, where its first item begins in <see cref="Items"/>, as int64; and where the last key's items end.</summary>
    public const string Keys = "keyed.keys";

    /// <summary>What is being sorted; empty once that is done.</summary>
    public const string Sorting = "keyed.sorting";
}
