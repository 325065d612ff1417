using CsCheck;
using Xunit;

namespace Fanout.Tests.Model;

public class ToleranceTests
{
    [Theory]
    [InlineData("100", 100L, null)]
    [InlineData("100_000", 100_000L, null)]
    [InlineData("0", 0L, null)]
    [InlineData("5%", null, 5.0)]
    [InlineData("0.5 %", null, 0.5)]
    [InlineData("100,5%", 100L, 5.0)]
    [InlineData("5%, 100", 100L, 5.0)]
    public void Text_IsReadAsTolerance(string text, long? count, double? percent) =>
        Assert.Equal(new Tolerance(count, percent), Tolerance.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("100,200")]
    [InlineData("5%,6%")]
    [InlineData("1,2%,3")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    [InlineData(null)]
    public void TextThatIsNoTolerance_IsRefused(string? text)
    {
        Assert.False(Tolerance.TryParse(text, out var tolerance));
        Assert.Null(tolerance);
    }

    [Fact]
    public void ToString_ReadsBackAsExactlyTheSame() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Double[0, 100], Gen.Int[0, 2])
            .Select((count, percent, which) => new Tolerance(which == 1 ? null : count, which == 0 ? null : percent))
            .Sample(tolerance => Tolerance.Parse(tolerance.ToString()) == tolerance, iter: 2_000);

    [Fact]
    public void WhicheverBoundIsPassedFirst_Counts()
    {
        var tolerance = Tolerance.Parse("10,5%");
        Assert.False(tolerance.IsExceededBy(5, 100));
        Assert.True(tolerance.IsExceededBy(6, 100));
        Assert.False(tolerance.IsExceededBy(10, 1_000));
        Assert.True(tolerance.IsExceededBy(11, 1_000));
        Assert.True(Tolerance.Parse("0").IsExceededBy(1, 1_000));
    }

    [Fact]
    public void Parse_SaysWhatToWrite() => Assert.Contains("\"100,5%\"", Assert.Throws<FormatException>(() => Tolerance.Parse("some")).Message, StringComparison.Ordinal);
}
