using System.Globalization;
using System.Numerics;

namespace Fanout.Results;

/// <summary>
/// A decimal number of any length: <c>Unscaled x 10^-Scale</c>. Adding is exact and so does not depend on the order, which floating point
/// does (Goldberg, "What every computer scientist should know about floating-point arithmetic", 1991).
/// </summary>
internal readonly record struct ExactNumber : IComparable<ExactNumber>
{
    /// <summary>Zeros that plain notation may pad with; beyond, scientific notation reads better.</summary>
    private const int MaxPadding = 30;

    public ExactNumber(BigInteger unscaled, int scale) => (Unscaled, Scale) = (unscaled, scale);

    public BigInteger Unscaled { get; }

    public int Scale { get; }

    public static ExactNumber operator +(ExactNumber left, ExactNumber right)
    {
        if (left.Unscaled.IsZero)
            return right;
        if (right.Unscaled.IsZero)
            return left;
        var scale = Math.Max(left.Scale, right.Scale);
        return new ExactNumber(left.UnscaledAt(scale) + right.UnscaledAt(scale), scale);
    }

    public int CompareTo(ExactNumber other)
    {
        if (Scale == other.Scale || Unscaled.Sign != other.Unscaled.Sign)
            return Scale == other.Scale ? Unscaled.CompareTo(other.Unscaled) : Unscaled.Sign.CompareTo(other.Unscaled.Sign);
        var scale = Math.Max(Scale, other.Scale);
        return UnscaledAt(scale).CompareTo(other.UnscaledAt(scale));
    }

    /// <summary>By value: 1.0 equals 1.</summary>
    public bool Equals(ExactNumber other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The number as JSON; equal numbers give equal text.</summary>
    public override string ToString()
    {
        if (Unscaled.IsZero)
            return "0";
        var all = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        var digits = all.TrimEnd('0');
        var sign = Unscaled.Sign < 0 ? "-" : "";
        var point = all.Length - Scale;
        if (point > digits.Length + MaxPadding || point < -MaxPadding)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}E{(point > 0 ? "+" : "")}{point - 1}";
        if (point >= digits.Length)
            return sign + digits.PadRight(point, '0');
        return point > 0 ? $"{sign}{digits[..point]}.{digits[point..]}" : $"{sign}0.{new string('0', -point)}{digits}";
    }

    private BigInteger UnscaledAt(int scale) => scale == Scale ? Unscaled : Unscaled * BigInteger.Pow(10, scale - Scale);
}
