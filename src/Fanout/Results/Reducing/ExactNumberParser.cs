using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Fanout.Results;

/// <summary>Reads numbers as JSON writes them; also with leading zeros or a plus sign, as programs print them.</summary>
internal ref struct ExactNumberParser
{
    /// <summary>Most significant digits of an output.</summary>
    public const int MaxDigits = 100;

    /// <summary>Largest exponent of ten of an output's first significant digit, either way. A double's is 308.</summary>
    public const int MaxExponent = 400;

    private const int MaxTextLength = 1_000;

    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    private ExactNumberParser(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Reads a plain number of at most 18 characters, at most 15 of them after the point: nearly every output.</summary>
    public static bool TryParseShort(ReadOnlySpan<byte> text, out long unscaled, out int scale)
    {
        unscaled = 0;
        scale = 0;
        if (text.Length > 18)
            return false;
        var negative = text.Length > 0 && text[0] == '-';
        var point = -1;
        for (var at = negative ? 1 : 0; at < text.Length; at++)
        {
            var digit = text[at] - '0';
            if ((uint)digit <= 9)
                unscaled = (unscaled * 10) + digit;
            else if (text[at] == '.' && point < 0)
                point = at;
            else
                return false;
        }

        var first = text.IsEmpty ? (byte)0 : text[negative && text.Length > 1 ? 1 : 0];
        if (!char.IsAsciiDigit((char)first) || text[^1] == '.')
            return false;
        scale = point < 0 ? 0 : text.Length - 1 - point;
        unscaled = negative ? -unscaled : unscaled;
        return scale <= 15;
    }

    /// <summary>Reads an item's output.</summary>
    /// <param name="text">The number's text.</param>
    /// <param name="number">The number.</param>
    /// <returns>What is wrong with it; null: nothing.</returns>
    public static string? TryParse(ReadOnlySpan<byte> text, out ExactNumber number)
    {
        number = default;
        if (TryParseShort(text, out var unscaled, out var scale))
        {
            number = new ExactNumber(unscaled, scale);
            return null;
        }

        return text.Length > MaxTextLength
            ? $"is longer than {MaxTextLength:N0} characters"
            : new ExactNumberParser(text).Parse(MaxDigits, MaxExponent, out number);
    }

    /// <summary>Reads what <see cref="ExactNumber.ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It did not write that.</exception>
    public static ExactNumber ParseState(string text)
    {
        var problem = new ExactNumberParser(Encoding.UTF8.GetBytes(text)).Parse(int.MaxValue, int.MaxValue, out var number);
        return problem is null ? number : throw new FormatException($"The saved state of a reduction {problem}.");
    }

    private string? Parse(int maxDigits, int maxExponent, out ExactNumber number)
    {
        number = default;
        var negative = Take('-');
        if (!negative)
            Take('+');
        var whole = TakeDigits();
        var fraction = Take('.') ? TakeDigits() : default;
        var exponent = 0;
        if (whole.IsEmpty || (fraction.IsEmpty && _at > 0 && _text[_at - 1] == '.') || !TakeExponent(ref exponent) || _at < _text.Length)
            return "is not a number";

        var digits = (Encoding.ASCII.GetString(whole) + Encoding.ASCII.GetString(fraction)).TrimStart('0');
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0)
            return null;
        if (significant.Length > maxDigits)
            return $"has more than {maxDigits} significant digits";
        var scale = fraction.Length - exponent - (digits.Length - significant.Length);
        if (Math.Abs((long)significant.Length - 1 - scale) > maxExponent)
            return $"is beyond 1E+{maxExponent} or below 1E-{maxExponent}";
        var unscaled = BigInteger.Parse(significant, NumberStyles.None, CultureInfo.InvariantCulture);
        number = new ExactNumber(negative ? -unscaled : unscaled, scale);
        return null;
    }

    private bool Take(char expected)
    {
        if (_at >= _text.Length || _text[_at] != expected)
            return false;
        _at++;
        return true;
    }

    private ReadOnlySpan<byte> TakeDigits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at]))
            _at++;
        return _text[start.._at];
    }

    /// <summary>An exponent too long for an int is taken as a huge one, to be refused by range (or to scale a zero).</summary>
    private bool TakeExponent(ref int exponent)
    {
        if (!Take('e') && !Take('E'))
            return true;
        var negative = Take('-');
        if (!negative)
            Take('+');
        var digits = TakeDigits();
        if (digits.IsEmpty)
            return false;
        if (!Utf8Parser.TryParse(digits, out int value, out _) || value > 1_000_000)
            value = 1_000_000;
        exponent = negative ? -value : value;
        return true;
    }
}
