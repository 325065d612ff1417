using System.Runtime.InteropServices;

namespace Fanout.Storage;

/// <summary>Records in memory, sorted when they are read.</summary>
internal sealed class RecordBatch : ISortedRecords
{
    private readonly List<Entry> _entries = [];
    private byte[] _bytes = new byte[1 << 12];
    private int _filled;
    private int _at = -1;

    public int Count => _entries.Count;

    public int Bytes => _filled;

    public SortKey Key => _entries[_at].Key;

    public ReadOnlySpan<byte> Record => _bytes.AsSpan(_entries[_at].Offset, _entries[_at].Length);

    public void Add(SortKey key, ReadOnlySpan<byte> record)
    {
        if (_bytes.Length - _filled < record.Length)
            Array.Resize(ref _bytes, Math.Max(checked(_filled + record.Length), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        record.CopyTo(_bytes.AsSpan(_filled));
        _entries.Add(new Entry(key, _filled, record.Length));
        _filled += record.Length;
    }

    /// <summary>Goes in front of the first record, in order.</summary>
    public void Sort()
    {
        CollectionsMarshal.AsSpan(_entries).Sort(static (left, right) => left.Key.CompareTo(right.Key));
        _at = -1;
    }

    public void Clear()
    {
        _entries.Clear();
        _filled = 0;
    }

    public bool MoveNext() => ++_at < _entries.Count;

    public void Dispose()
    {
        _entries.Clear();
        _bytes = [];
    }

    private readonly record struct Entry(SortKey Key, int Offset, int Length);
}
