using System.Text;

namespace Fanout.Handlers.Exec;

/// <summary>Keeps the last bytes of a stream. Used again for the next item.</summary>
internal sealed class OutputTail
{
    private const int MostCharacters = 1_000;
    // A character is at most 4 bytes.
    private readonly byte[] _bytes = new byte[2 * 4 * MostCharacters];
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>Where the next bytes go; never empty.</summary>
    public Span<byte> Space()
    {
        if (_count == _bytes.Length)
        {
            _bytes.AsSpan(_count / 2).CopyTo(_bytes);
            _count /= 2;
        }
        return _bytes.AsSpan(_count);
    }

    /// <summary>So many bytes were put into <see cref="Space"/>.</summary>
    public void Advance(int count) => _count += count;

    /// <summary>The last lines, up to 1,000 characters; whole lines where that leaves any.</summary>
    public string LastLines()
    {
        var text = Encoding.UTF8.GetString(_bytes, 0, _count).AsSpan().Trim();
        if (text.Length <= MostCharacters)
            return text.ToString();
        var tail = text[^MostCharacters..];
        int firstBreak = tail.IndexOf('\n');
        return (firstBreak < 0 ? tail : tail[(firstBreak + 1)..]).Trim().ToString();
    }
}
