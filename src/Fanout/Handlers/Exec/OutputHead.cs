namespace Fanout.Handlers.Exec;

/// <summary>Keeps the first bytes of a stream, up to a limit, and drops the rest. Used again for the next item.</summary>
internal sealed class OutputHead(int limit)
{
    private byte[] _kept = new byte[Math.Min(limit, 4096)];
    private byte[]? _dropped;
    private int _count;

    /// <summary>What was kept, cut at a character's boundary when something was dropped.</summary>
    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, Truncated ? Utf8Cut.Before(_kept.AsSpan(0, _count)) : _count);

    /// <summary>True: there was more than the limit.</summary>
    public bool Truncated { get; private set; }

    public void Clear()
    {
        _count = 0;
        Truncated = false;
    }

    /// <summary>Where the next bytes go; never empty.</summary>
    public Span<byte> Space()
    {
        if (_count == limit)
            return _dropped ??= new byte[16 * 1024];
        if (_count == _kept.Length)
            Array.Resize(ref _kept, (int)Math.Min(limit, 4L * _kept.Length));
        return _kept.AsSpan(_count);
    }

    /// <summary>So many bytes were put into <see cref="Space"/>.</summary>
    public void Advance(int count)
    {
        if (_count == limit)
            Truncated |= count > 0;
        else
            _count += count;
    }
}
