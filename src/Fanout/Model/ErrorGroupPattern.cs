using System.Text;

namespace Fanout;

/// <summary>
/// Writes a message's pattern: words with a digit (numbers, ids, timestamps, hex) become <c>#</c>, quoted text <c>'…'</c>, white space one
/// space. One pass, no allocation.
/// </summary>
internal ref struct ErrorGroupPattern
{
    /// <summary>What lies beyond does not tell messages apart.</summary>
    private const int MaxScanned = 512;

    private readonly ReadOnlySpan<char> _message;
    private readonly Span<char> _pattern;
    private int _length;
    private int _cost;

    private ErrorGroupPattern(ReadOnlySpan<char> message, Span<char> pattern)
    {
        _message = message[..Math.Min(message.Length, MaxScanned)];
        _pattern = pattern;
    }

    /// <summary>Writes the pattern, as much of it as costs no more bytes of JSON than <paramref name="pattern"/> is long.</summary>
    /// <returns>Characters written.</returns>
    public static int Write(ReadOnlySpan<char> message, Span<char> pattern)
    {
        var writer = new ErrorGroupPattern(message, pattern);
        var at = 0;
        while (at < writer._message.Length)
        {
            var next = writer.Step(at);
            if (next < 0)
                break;
            at = next;
        }

        return pattern[..writer._length].TrimEnd(' ').Length;
    }

    /// <summary>Writes what begins at <paramref name="at"/>; returns where it ends, or -1 when there is no more room.</summary>
    private int Step(int at)
    {
        var unit = _message[at];
        if (char.IsAsciiLetterOrDigit(unit) || unit == '_')
            return StepWord(at);
        if (unit is '\'' or '"' or '`' && FindClosingQuote(at) is var end and > 0)
            return Push('\'') && Push('…') && Push('\'') ? end : -1;
        if (char.IsWhiteSpace(unit) || char.IsControl(unit))
            return _length > 0 && _pattern[_length - 1] != ' ' && !Push(' ') ? -1 : at + 1;
        if (char.IsAscii(unit))
            return Push(unit switch { '"' => '\'', '\\' => '/', _ => unit }) ? at + 1 : -1;
        Rune.DecodeFromUtf16(_message[at..], out var rune, out var consumed);
        return Push(rune) ? at + consumed : -1;
    }

    private int StepWord(int at)
    {
        if (IsGuid(at))
            return PushHash() ? at + 36 : -1;
        var end = at;
        var hasDigit = false;
        while (end < _message.Length && (char.IsAsciiLetterOrDigit(_message[end]) || _message[end] == '_'))
            hasDigit |= char.IsAsciiDigit(_message[end++]);
        if (hasDigit)
            return PushHash() ? end : -1;
        var fits = Math.Min(end - at, _pattern.Length - _cost);
        _message.Slice(at, fits).CopyTo(_pattern[_length..]);
        _length += fits;
        _cost += fits;
        return at + fits == end ? end : -1;
    }

    // A GUID's groups may be all letters, which would leave them standing.
    private readonly bool IsGuid(int at) =>
        at + 36 <= _message.Length && _message[at + 8] == '-' && Guid.TryParseExact(_message.Slice(at, 36), "D", out _);

    /// <summary>One past the quote that closes the one at <paramref name="at"/>; 0: that one is an apostrophe, or never closed.</summary>
    private readonly int FindClosingQuote(int at)
    {
        if (at > 0 && char.IsLetterOrDigit(_message[at - 1]))
            return 0;
        for (var end = at + 1; end < _message.Length; end++)
        {
            var found = _message[end..].IndexOf(_message[at]);
            if (found < 0)
                return 0;
            end += found;
            if (end + 1 == _message.Length || !char.IsLetterOrDigit(_message[end + 1]))
                return end + 1;
        }

        return 0;
    }

    /// <summary>Numbers joined by punctuation (10:15:00, 10.0.0.1, 1,234.5) are one <c>#</c>, and a sign belongs to its number.</summary>
    private bool PushHash()
    {
        var last = _length > 0 ? _pattern[_length - 1] : ' ';
        var before = _length > 1 ? _pattern[_length - 2] : ' ';
        var joins = before == '#' && last is ('-' or '+' or ':' or '.' or ',' or '/');
        var signs = last is ('-' or '+') && before is (' ' or '(' or '[' or '=' or ':');
        if (joins || signs)
        {
            _length--;
            _cost--;
        }

        return joins || Push('#');
    }

    private bool Push(char unit) => Push(new Rune(unit));

    private bool Push(Rune rune)
    {
        var cost = ErrorGroupText.Cost(rune);
        if (_cost + cost > _pattern.Length)
            return false;
        _cost += cost;
        _length += rune.EncodeToUtf16(_pattern[_length..]);
        return true;
    }
}
