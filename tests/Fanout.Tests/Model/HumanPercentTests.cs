using CsCheck;
using Xunit;

namespace Fanout.Tests.Model;

public class HumanPercentTests
{
    [Theory]
    [InlineData("5%", 5)]
    [InlineData("0.5 %", 0.5)]
    [InlineData("100%", 100)]
    [InlineData("250%", 250)]
    public void Text_IsReadAsPercentage(string text, double expected) => Assert.Equal(expected, HumanPercent.Parse(text));

    [Theory]
    [InlineData("5")]
    [InlineData("%")]
    [InlineData("-5%")]
    [InlineData("5%%")]
    [InlineData("0,5%")]
    [InlineData(null)]
    public void TextThatIsNoPercentage_IsRefused(string? text) => Assert.False(HumanPercent.TryParse(text, out _));

    [Fact]
    public void Format_ReadsBackAsExactlyTheSame() =>
        Gen.Double[0, 100].Sample(percent => HumanPercent.Parse(HumanPercent.Format(percent)) == percent, iter: 2_000);

    [Fact]
    public void WhatIsNoPercentage_HasNoText()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => HumanPercent.Format(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HumanPercent.Format(double.NaN));
        Assert.Throws<FormatException>(() => HumanPercent.Parse("most"));
    }
}
