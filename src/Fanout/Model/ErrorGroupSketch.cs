namespace Fanout;

/// <summary>
/// The error groups of a tally, at most <see cref="Tally.MaxErrorGroups"/> of them: those whose (type, pattern) have the smallest hashes.
/// A group among the smallest of a union is among the smallest of every part it occurs in, so its count is exact and merging is associative
/// (the bottom-k sketch of Bar-Yossef et al., "Counting distinct elements in a data stream", 2002). Keeping the most frequent instead would
/// make counts depend on the order of merging. Not thread-safe.
/// </summary>
internal sealed class ErrorGroupSketch
{
    private readonly List<Entry> _entries = [];

    public ErrorGroupSketch(IReadOnlyList<ErrorGroup> groups)
    {
        foreach (var group in groups)
            Add(group);
    }

    public static IReadOnlyList<ErrorGroup> Merge(IReadOnlyList<ErrorGroup> left, IReadOnlyList<ErrorGroup> right)
    {
        if (left.Count == 0)
            return right;
        if (right.Count == 0)
            return left;
        var sketch = new ErrorGroupSketch(left);
        foreach (var group in right)
            sketch.Add(group);
        return sketch.ToGroups();
    }

    public void Add(long index, ItemError error)
    {
        var type = ErrorGroupText.Clean(error.Type, ErrorGroupText.MaxTypeBytes);
        Span<char> buffer = stackalloc char[ErrorGroupText.MaxPatternBytes];
        ReadOnlySpan<char> pattern = buffer[..ErrorGroupPattern.Write(error.Message, buffer)];
        if (Find(type, pattern) is { } entry)
            entry.Count(1, index, error.Message);
    }

    /// <summary>The groups, most frequent first; the order is total, so that equal sketches give equal lists.</summary>
    public ErrorGroup[] ToGroups()
    {
        if (_entries.Count == 0)
            return [];
        var entries = _entries.ToArray();
        Array.Sort(entries, static (left, right) => left.Items != right.Items
            ? right.Items.CompareTo(left.Items)
            : left.CompareTo(right.Hash, right.Type, right.Pattern));
        return Array.ConvertAll(entries, static entry => entry.ToGroup());
    }

    private void Add(ErrorGroup group) =>
        Find(group.Type, group.Pattern)?.Count(group.Count, group.ExampleIndex, group.ExampleMessage);

    /// <summary>The entry of a group, made if its hash is small enough; null: it is not, nor will it ever be again.</summary>
    private Entry? Find(string type, ReadOnlySpan<char> pattern)
    {
        var hash = Hash(type, pattern);
        int low = 0, high = _entries.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = _entries[middle].CompareTo(hash, type, pattern);
            if (order == 0)
                return _entries[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == Tally.MaxErrorGroups)
            return null;
        var entry = new Entry(hash, type, pattern.ToString());
        _entries.Insert(low, entry);
        if (_entries.Count > Tally.MaxErrorGroups)
            _entries.RemoveAt(Tally.MaxErrorGroups);
        return entry;
    }

    /// <summary>FNV-1a over UTF-16 units with the finalizer of SplitMix64. It must never change: tallies in histories were cut by it.</summary>
    private static ulong Hash(ReadOnlySpan<char> type, ReadOnlySpan<char> pattern)
    {
        const ulong prime = 0x100000001b3;
        var hash = 0xcbf29ce484222325;
        foreach (var unit in type)
            hash = (hash ^ unit) * prime;
        hash = (hash ^ '\n') * prime;
        foreach (var unit in pattern)
            hash = (hash ^ unit) * prime;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
        return hash ^ (hash >> 31);
    }

    private sealed class Entry(ulong hash, string type, string pattern)
    {
        private long _exampleIndex;
        private string? _exampleMessage;

        public ulong Hash => hash;

        public string Type => type;

        public string Pattern => pattern;

        public long Items { get; private set; }

        public int CompareTo(ulong otherHash, ReadOnlySpan<char> otherType, ReadOnlySpan<char> otherPattern)
        {
            var order = hash.CompareTo(otherHash);
            if (order == 0)
                order = type.AsSpan().SequenceCompareTo(otherType);
            return order != 0 ? order : pattern.AsSpan().SequenceCompareTo(otherPattern);
        }

        public void Count(long items, long index, string message)
        {
            Items += items;
            if (_exampleMessage is not null && index > _exampleIndex)
                return;
            var example = ErrorGroupText.Clean(message, ErrorGroupText.MaxExampleBytes);
            // An index occurs once in a run; the second condition keeps merging commutative for tallies that break that.
            if (_exampleMessage is null || index < _exampleIndex || string.CompareOrdinal(example, _exampleMessage) < 0)
                (_exampleIndex, _exampleMessage) = (index, example);
        }

        public ErrorGroup ToGroup() => new(type, pattern, Items, _exampleIndex, _exampleMessage!);
    }
}
