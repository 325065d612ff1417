using CsCheck;
using Xunit;

namespace Fanout.Tests.Model;

public class HumanSizeTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("64KB", 64_000)]
    [InlineData("64kb", 64_000)]
    [InlineData("1KiB", 1_024)]
    [InlineData("1MiB", 1_048_576)]
    [InlineData("10 MB", 10_000_000)]
    [InlineData("1.5KiB", 1_536)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1TiB", 1_099_511_627_776)]
    public void Text_IsReadAsSize(string text, long expected) => Assert.Equal(expected, HumanSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("KB")]
    [InlineData("1K")]
    [InlineData("1iB")]
    [InlineData("1.5B")]
    [InlineData("-1KB")]
    [InlineData("1PB")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999TiB")]
    [InlineData(null)]
    public void TextThatIsNoSize_IsRefused(string? text) => Assert.False(HumanSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1_234, "1234B")]
    [InlineData(64_000, "64KB")]
    [InlineData(65_536, "64KiB")]
    [InlineData(1_048_576, "1MiB")]
    public void Format_TakesTheLargestWholeUnit(long bytes, string expected) => Assert.Equal(expected, HumanSize.Format(bytes));

    [Fact]
    public void Format_ReadsBackAsExactlyTheSame() =>
        Gen.OneOf(Gen.Long[0, long.MaxValue], Gen.Select(Gen.Long[0, 4_096], Gen.OneOf(1_000L, 1_024L, 1_000_000L, 1L << 20)).Select((count, unit) => count * unit))
            .Sample(bytes => HumanSize.Parse(HumanSize.Format(bytes)) == bytes, iter: 2_000);

    [Fact]
    public void WhatIsNoSize_HasNoText()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => HumanSize.Format(-1));
        Assert.Throws<FormatException>(() => HumanSize.Parse("big"));
    }
}
