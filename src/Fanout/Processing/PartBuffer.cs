using Fanout.Results;

namespace Fanout.Processing;

/// <summary>
/// Lines on their way into a batch's part: two buffers, one filled by workers while the other is written. Filling and swapping are guarded by
/// the batch's lock; one writer at a time.
/// </summary>
internal sealed class PartBuffer(string name)
{
    /// <summary>So many bytes waiting wake the writer before the checkpoint interval is over.</summary>
    public const int WakeAt = 1 << 18;

    /// <summary>So many bytes waiting hold workers up: the disk is slower than the handlers.</summary>
    public const int HoldAt = 1 << 23;

    private byte[] _filling = new byte[1 << 14];
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
            Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _filled + line.Length));
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
            _filling = new byte[_writing.Length];
        _swapped += _filled;
        _filled = 0;
        return taken;
    }

    /// <summary>The part up to the last swap; null: it is empty.</summary>
    public PartRef? Describe() => _items == 0 ? null : new PartRef(name, _swapped, _items, _first, _last);
}
