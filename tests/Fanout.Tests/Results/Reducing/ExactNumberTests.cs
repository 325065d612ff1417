using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using Fanout.Results;
using Xunit;

namespace Fanout.Tests.Results.Reducing;

public sealed class ExactNumberTests
{
    private static readonly Gen<ExactNumber> Numbers = Gen.Select(Gen.Long, Gen.Int[0, 40], Gen.Int[-60, 60])
        .Select((unscaled, power, scale) => new ExactNumber(unscaled * BigInteger.Pow(10, power), scale));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.00", "0")]
    [InlineData("0e999999999999", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData("007", "7")]
    [InlineData("+7", "7")]
    [InlineData("12e2", "1200")]
    [InlineData("1.25E-3", "0.00125")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("1e30", "1000000000000000000000000000000")]
    [InlineData("-1.5e300", "-1.5E+300")]
    [InlineData("2e-300", "2E-300")]
    [InlineData("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827")]
    public void Number_IsWrittenCanonically(string text, string canonical) => Assert.Equal(canonical, Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("1 2")]
    [InlineData("1_000")]
    [InlineData("1e401")]
    [InlineData("1e-401")]
    [InlineData("1e99999999999999999999")]
    public void WhatIsNoNumberOrTooLarge_IsRefused(string text) =>
        Assert.NotNull(ExactNumberParser.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "has more than 100 significant digits")]
    [InlineData(1_001, "is longer than 1,000 characters")]
    public void ManyDigits_AreRefused(int digits, string? problem) =>
        Assert.Equal(problem, ExactNumberParser.TryParse(Encoding.UTF8.GetBytes(new string('7', digits)), out _));

    [Fact]
    public void ShortNumber_IsReadAsDecimalReadsIt() =>
        Gen.Select(Gen.Long[-99_999_999_999_999, 99_999_999_999_999], Gen.Int[0, 15]).Sample((unscaled, scale) =>
        {
            var text = (unscaled / (decimal)BigInteger.Pow(10, scale)).ToString("0.###############", CultureInfo.InvariantCulture);
            Assert.Equal(decimal.Parse(text, CultureInfo.InvariantCulture), decimal.Parse(Parse(text).ToString(), CultureInfo.InvariantCulture));
        });

    [Fact]
    public void Text_RoundTrips() => Numbers.Sample(number =>
    {
        var text = number.ToString();
        Assert.Equal(number, ExactNumberParser.ParseState(text));
        Assert.Equal(text, ExactNumberParser.ParseState(text).ToString());
    });

    [Fact]
    public void Double_IsTakenAsWritten() => Gen.Double.Where(double.IsFinite).Sample(value =>
        BitConverter.DoubleToInt64Bits(double.Parse(Parse(value.ToString("R", CultureInfo.InvariantCulture)).ToString(), CultureInfo.InvariantCulture) + 0.0)
            == BitConverter.DoubleToInt64Bits(value + 0.0));

    [Fact]
    public void Sum_IsThatOfIntegersOverACommonScale() => Gen.Select(Numbers, Numbers).Sample((left, right) =>
    {
        static BigInteger Over100(ExactNumber number) => number.Unscaled * BigInteger.Pow(10, 100 - number.Scale);
        Assert.Equal(Over100(left) + Over100(right), Over100(left + right));
        Assert.Equal(Over100(left).CompareTo(Over100(right)), left.CompareTo(right));
    });

    [Fact]
    public void Sum_OfDecimals_IsDecimals() => Gen.Select(Gen.Decimal[-1e12m, 1e12m], Gen.Decimal[-1e12m, 1e12m]).Sample((left, right) =>
    {
        decimal a = Math.Round(left, 10), b = Math.Round(right, 10);
        Assert.Equal(a + b, decimal.Parse((Parse(Text(a)) + Parse(Text(b))).ToString(), CultureInfo.InvariantCulture));
    });

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static ExactNumber Parse(string text)
    {
        var problem = ExactNumberParser.TryParse(Encoding.UTF8.GetBytes(text), out var number);
        Assert.Null(problem);
        return number;
    }
}
