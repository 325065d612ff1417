using System.Runtime.InteropServices;

namespace Fanout.Results;

/// <summary>
/// Reads a part's lines by item. They lie in the order they settled, which is nearly that: a chunk of lines next to each other by item is
/// read in the order of offsets, neighbours together, and handed out by item. A straggler far off costs one small read, not a seek a line.
/// </summary>
internal sealed class PartReader : IAsyncDisposable
{
    private const int MaxChunkLines = 2_048;
    private const int MaxChunkBytes = 256 * 1024;

    /// <summary>Bytes between two wanted lines that are cheaper read than skipped.</summary>
    private const int MaxGap = 16 * 1024;

    private readonly PartRef _part;
    private readonly Stream _stream;
    private readonly List<LineEntry> _entries;
    private readonly int[] _starts;
    private readonly long[] _offsets;
    private readonly int[] _byOffset;
    private byte[] _chunk = [];
    private byte[] _span = [];
    private int _chunkFirst;
    private int _chunkEnd;
    private int _at = -1;

    private PartReader(PartRef part, Stream stream, List<LineEntry> entries)
    {
        (_part, _stream, _entries) = (part, stream, entries);
        var lines = Math.Min(entries.Count, MaxChunkLines);
        _starts = new int[lines];
        _offsets = new long[lines];
        _byOffset = new int[lines];
    }

    public string Name => _part.Name;

    /// <summary>The current line's item.</summary>
    public long Index => _part.FirstIndex + _entries[_at].RelativeIndex;

    /// <summary>The current line with its end; valid until the next move.</summary>
    public ReadOnlyMemory<byte> Line => _chunk.AsMemory(_starts[_at - _chunkFirst], _entries[_at].Length);

    /// <summary>Opens a part in front of its first line.</summary>
    public static async ValueTask<PartReader> OpenAsync(IResultStore store, PartScan scan, string runId, PartRef part, CancellationToken cancellationToken)
    {
        var stream = await store.OpenPartAsync(runId, part.Name, cancellationToken).ConfigureAwait(false);
        try
        {
            return new PartReader(part, stream, await scan.ListAsync(stream, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Goes to the next line. False: there is none.</summary>
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        _at++;
        if (_at < _chunkEnd)
            return ValueTask.FromResult(true);
        return _at < _entries.Count ? LoadChunkAsync(cancellationToken) : ValueTask.FromResult(false);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async ValueTask<bool> LoadChunkAsync(CancellationToken cancellationToken)
    {
        var count = LayOutChunk();
        for (var first = 0; first < count;)
        {
            var (end, start, length) = FindNeighbours(first, count);
            Array.Resize(ref _span, Math.Max(_span.Length, length));
            _stream.Position = start;
            await _stream.ReadExactlyAsync(_span.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            for (; first < end; first++)
            {
                var line = _byOffset[first];
                var entry = _entries[_chunkFirst + line];
                _span.AsSpan((int)(entry.Offset - start), entry.Length).CopyTo(_chunk.AsSpan(_starts[line]));
            }
        }

        return true;
    }

    /// <summary>Decides which lines the chunk holds and where; returns how many.</summary>
    private int LayOutChunk()
    {
        _chunkFirst = _at;
        var count = 0;
        var bytes = 0;
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(_entries)[_at..])
        {
            if (count == MaxChunkLines || (count > 0 && bytes + (long)entry.Length > MaxChunkBytes))
                break;
            _starts[count] = bytes;
            _offsets[count] = entry.Offset;
            _byOffset[count] = count;
            bytes += entry.Length;
            count++;
        }

        _chunkEnd = _at + count;
        Array.Sort(_offsets, _byOffset, 0, count);
        if (_chunk.Length < bytes)
            _chunk = new byte[bytes];
        return count;
    }

    /// <summary>The run of lines from <paramref name="first"/> (by offset) that one read takes: where it ends, its offset and length.</summary>
    private (int End, long Start, int Length) FindNeighbours(int first, int count)
    {
        var start = _offsets[first];
        var stop = start;
        var end = first;
        while (end < count
            && (end == first || (_offsets[end] - stop <= MaxGap && LineEnd(end) - start <= MaxChunkBytes + MaxGap)))
            stop = LineEnd(end++);
        return (end, start, checked((int)(stop - start)));
    }

    private long LineEnd(int byOffset) => _offsets[byOffset] + _entries[_chunkFirst + _byOffset[byOffset]].Length;
}
