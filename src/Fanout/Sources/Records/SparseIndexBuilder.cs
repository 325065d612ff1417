using System.Buffers.Binary;

namespace Fanout.Sources;

/// <summary>Collects the place of every stride-th item; the stride doubles when the index is full, so its size has a bound.</summary>
internal sealed class SparseIndexBuilder(ScanSettings settings)
{
    private readonly List<Place> _places = [];
    private long _stride = settings.Stride;
    private long _next;

    /// <summary>Items added so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next item.</summary>
    public void Add(long offset, long line)
    {
        if (Count++ == _next)
            Keep(new Place(offset, line));
    }

    /// <summary>Writes the index as <see cref="SparseIndex"/> reads it.</summary>
    public async ValueTask WriteAsync(ISourceWorkspace workspace)
    {
        await workspace.WriteAsync(WorkspaceFiles.Index, async stream =>
        {
            var bytes = new byte[SparseIndex.HeaderBytes + (_places.Count * SparseIndex.EntryBytes)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, SparseIndex.Signature);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), _stride);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), _places.Count);
            var at = SparseIndex.HeaderBytes;
            foreach (var place in _places)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), place.Offset);
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + 8), place.Line);
                at += SparseIndex.EntryBytes;
            }

            await stream.WriteAsync(bytes);
        });
    }

    private void Keep(Place place)
    {
        if (_places.Count == settings.MaxIndexEntries)
        {
            Halve();
            if (_next % _stride != 0)
            {
                _next += _stride / 2;
                return;
            }
        }

        _places.Add(place);
        _next += _stride;
    }

    private void Halve()
    {
        _stride *= 2;
        var kept = (_places.Count + 1) / 2;
        for (var i = 0; i < kept; i++)
            _places[i] = _places[2 * i];
        _places.RemoveRange(kept, _places.Count - kept);
    }
}
