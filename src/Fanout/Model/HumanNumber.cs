using System.Globalization;
using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>The number at the front of every quantity: digits, <c>_</c> between them, a fraction, an exponent; never a sign.</summary>
internal static partial class HumanNumber
{
    /// <summary>Understood alike by .NET, ECMAScript and RE2, as the JSON Schema repeats it.</summary>
    internal const string Pattern = @"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?";

    /// <summary>False: larger than a decimal holds. The text matches <see cref="Pattern"/>.</summary>
    internal static bool TryReadDecimal(string text, out decimal value) =>
        decimal.TryParse(
            WithoutSeparators(text), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);

    /// <summary>False: larger than a double holds. The text matches <see cref="Pattern"/>.</summary>
    internal static bool TryReadDouble(string text, out double value) =>
        double.TryParse(
            WithoutSeparators(text), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    /// <summary>A number on its own. False: the text is not one, or it is larger than a double holds.</summary>
    internal static bool TryRead(string text, out double value)
    {
        value = 0;
        return Whole().IsExactly(text) && TryReadDouble(text, out value);
    }

    /// <summary>The shortest text that reads back as the same double.</summary>
    internal static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    [GeneratedRegex("^" + Pattern + "$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    private static string WithoutSeparators(string text) => text.Replace("_", "", StringComparison.Ordinal);
}
