namespace Fanout.Storage;

/// <summary>Reads one sorted run of a file that others read too.</summary>
internal sealed class SortedRun(long start, long end, int blockBytes)
{
    private readonly byte[] _block = new byte[(int)Math.Clamp(end - start, 1, Math.Max(blockBytes, ExternalSort.RecordHeaderSize))];
    private long _next = start;
    private int _at;
    private int _filled;
    private int _length;
    private byte[]? _large;

    public SortKey Key { get; private set; }

    /// <summary>Goes to the next record; only what stands before it is read.</summary>
    public bool MoveNext(Stream stream)
    {
        Pass(_length);
        _length = 0;
        _large = null;
        if (_at == _filled && _next >= end)
            return false;
        Have(stream, ExternalSort.RecordHeaderSize);
        (Key, _length) = ExternalSort.ReadHeader(_block.AsSpan(_at));
        _at += ExternalSort.RecordHeaderSize;
        return true;
    }

    /// <summary>The current record. One larger than a block is in memory only while it is the current one of all runs.</summary>
    public ReadOnlySpan<byte> Record(Stream stream)
    {
        if (_large is not null)
            return _large;
        if (_length <= _block.Length)
        {
            Have(stream, _length);
            return _block.AsSpan(_at, _length);
        }

        _large = new byte[_length];
        var held = _filled - _at;
        _block.AsSpan(_at, held).CopyTo(_large);
        stream.Position = _next;
        stream.ReadExactly(_large.AsSpan(held));
        return _large;
    }

    private void Pass(int bytes)
    {
        var held = Math.Min(bytes, _filled - _at);
        _at += held;
        _next += bytes - held;
    }

    private void Have(Stream stream, int bytes)
    {
        if (_filled - _at >= bytes)
            return;
        _block.AsSpan(_at, _filled - _at).CopyTo(_block);
        (_at, _filled) = (0, _filled - _at);
        var read = (int)Math.Min(_block.Length - _filled, end - _next);
        stream.Position = _next;
        stream.ReadExactly(_block.AsSpan(_filled, read));
        _next += read;
        _filled += read;
    }
}
