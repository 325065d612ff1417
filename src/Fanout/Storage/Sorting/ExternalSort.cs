using System.Buffers.Binary;

namespace Fanout.Storage;

/// <summary>
/// Sorts any number of records in bounded memory: sorted runs on disk, merged many at a time (external merge sort; D. Knuth, The Art of
/// Computer Programming, volume 3, section 5.4.1). What fits in memory never touches the disk.
/// </summary>
/// <param name="openScratch">Opens an empty file for reading and writing, a new one at each call; called at most twice. Owned.</param>
/// <param name="settings">Memory.</param>
internal sealed class ExternalSort(Func<Stream> openScratch, SortSettings settings) : IDisposable
{
    private const int HeaderSize = SortKey.Size + sizeof(int);

    private readonly RecordBatch _batch = new();
    private readonly byte[] _header = new byte[HeaderSize];
    private Scratch? _runs;
    private Scratch? _merged;

    /// <summary>Adds a record; records with equal keys may change places.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(SortKey key, ReadOnlySpan<byte> record)
    {
        if (_batch.Count > 0 && (_batch.Count >= settings.RunRecords || _batch.Bytes + (long)record.Length > settings.RunBytes))
            Flush();
        _batch.Add(key, record);
    }

    /// <summary>All records in order; valid as long as the sort is not disposed. Nothing may be added any more.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public ISortedRecords Sort()
    {
        if (_runs is null)
        {
            _batch.Sort();
            return _batch;
        }

        Flush();
        _batch.Dispose();
        while (_runs.Parts.Count > settings.FanIn)
            MergeOnce();
        return new MergedRuns(_runs.Stream, _runs.Parts, settings.BlockBytes);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _runs?.Dispose();
        _merged?.Dispose();
    }

    internal static (SortKey Key, int Length) ReadHeader(ReadOnlySpan<byte> bytes) => (
        new SortKey(BinaryPrimitives.ReadUInt128LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[SortKey.Size..]));

    internal static int RecordHeaderSize => HeaderSize;

    private void Flush()
    {
        _runs ??= new Scratch(openScratch());
        _batch.Sort();
        Write(_batch, _runs);
        _batch.Clear();
    }

    private void MergeOnce()
    {
        _merged ??= new Scratch(openScratch());
        foreach (var group in _runs!.Parts.Chunk(settings.FanIn))
        {
            using var merged = new MergedRuns(_runs.Stream, group, settings.BlockBytes);
            Write(merged, _merged);
        }

        _runs.Empty();
        (_runs, _merged) = (_merged, _runs);
    }

    private void Write(ISortedRecords records, Scratch to)
    {
        var start = to.Stream.Length;
        to.Stream.Position = start;
        using var buffered = new BlockWriter(to.Stream, settings.BlockBytes);
        while (records.MoveNext())
        {
            BinaryPrimitives.WriteUInt128LittleEndian(_header, records.Key.Group);
            BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(16), records.Key.Place);
            BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(SortKey.Size), records.Record.Length);
            buffered.Write(_header);
            buffered.Write(records.Record);
        }

        buffered.Flush();
        to.Parts.Add((start, to.Stream.Length));
    }

    /// <summary>A file of sorted runs, one behind the other.</summary>
    private sealed class Scratch(Stream stream) : IDisposable
    {
        public Stream Stream { get; } = stream;

        public List<(long Start, long End)> Parts { get; private set; } = [];

        public void Empty()
        {
            Stream.SetLength(0);
            Parts = [];
        }

        // Whoever opened the file may leave it where it is: it must not keep the space.
        public void Dispose()
        {
            Stream.SetLength(0);
            Stream.Dispose();
        }
    }
}
