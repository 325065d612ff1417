using System.Buffers;
using Fanout.Results;

namespace Fanout.Processing;

/// <summary>
/// Lines on their way into a batch's part: two buffers, one filled by workers while the other is written. Filling and swapping are guarded by
/// the batch's lock; one writer at a time.
/// </summary>
internal sealed class PartBuffer(string name) : IDisposable
{
    /// <summary>So many bytes waiting wake the writer before the checkpoint interval is over.</summary>
    public const int WakeAt = 1 << 18;

    /// <summary>So many bytes waiting hold workers up: the disk is slower than the handlers.</summary>
    public const int HoldAt = (1 << 20) - (1 << 16);

    // Used again by the batches that follow: buffers of this size that are left to the garbage collector stay for seconds. Not the shared pool,
    // which keeps some for each thread that ever gave one back.
    private static readonly ArrayPool<byte> _buffers = ArrayPool<byte>.Create(maxArrayLength: 1 << 20, maxArraysPerBucket: 8);

    private byte[] _filling = _buffers.Rent(1 << 14);
    private byte[] _writing = [];
    private int _filled;
    private long _swapped;
    private long _items;
    private long _first = long.MaxValue;
    private long _last = -1;

    public bool ShouldWake => _filled >= WakeAt;

    public bool ShouldHold => _filled >= HoldAt;

    /// <summary>Adds one line.</summary>
    public void Append(ReadOnlySpan<byte> line, long index)
    {
        if (_filling.Length - _filled < line.Length)
            Grow(_filled + line.Length);
        line.CopyTo(_filling.AsSpan(_filled));
        _filled += line.Length;
        _items++;
        _first = Math.Min(_first, index);
        _last = Math.Max(_last, index);
    }

    /// <summary>Takes what was filled, to be written; valid until the next swap.</summary>
    public ReadOnlyMemory<byte> Swap()
    {
        (_filling, _writing) = (_writing, _filling);
        var taken = _writing.AsMemory(0, _filled);
        if (_filling.Length == 0)
            _filling = _buffers.Rent(_writing.Length);
        _swapped += _filled;
        _filled = 0;
        return taken;
    }

    /// <summary>Gives the buffers back; nothing may be being written.</summary>
    public void Dispose()
    {
        Return(_filling);
        Return(_writing);
        _filling = _writing = [];
    }

    /// <summary>The part up to the last swap; null: it is empty.</summary>
    public PartRef? Describe() => _items == 0 ? null : new PartRef(name, _swapped, _items, _first, _last);

    private void Grow(int needed)
    {
        var larger = _buffers.Rent(Math.Max(_filling.Length * 2, needed));
        _filling.AsSpan(0, _filled).CopyTo(larger);
        Return(_filling);
        _filling = larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
            _buffers.Return(buffer);
    }
}
