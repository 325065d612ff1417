using CsCheck;
using Xunit;

namespace Fanout.Tests.Model;

public class HumanCountTests
{
    [Theory]
    [InlineData("64", 64)]
    [InlineData("100_000", 100_000)]
    [InlineData("1e6", 1_000_000)]
    [InlineData("-5", -5)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Text_IsReadAsCount(string text, long expected) => Assert.Equal(expected, HumanCount.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData("1e-3")]
    [InlineData("1,000")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("+1")]
    [InlineData("9223372036854775808")]
    [InlineData("1e99")]
    [InlineData("10\n")]
    [InlineData(null)]
    public void TextThatIsNoCount_IsRefused(string? text) => Assert.False(HumanCount.TryParse(text, out _));

    [Theory]
    [InlineData(9_999, "9999")]
    [InlineData(100_000, "100_000")]
    [InlineData(-1_000_000, "-1_000_000")]
    public void Format_SetsThousandsApart(long count, string expected) => Assert.Equal(expected, HumanCount.Format(count));

    [Fact]
    public void Format_ReadsBackAsExactlyTheSame() =>
        Gen.Long.Sample(count => HumanCount.Parse(HumanCount.Format(count)) == count, iter: 2_000);

    [Fact]
    public void Parse_SaysWhatToWrite() => Assert.Contains("\"100_000\"", Assert.Throws<FormatException>(() => HumanCount.Parse("many")).Message, StringComparison.Ordinal);
}
