using System.Globalization;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace Fanout.Tests.Model;

public class HumanDurationTests
{
    [Theory]
    [InlineData("10s", "00:00:10")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("500ms", "00:00:00.5")]
    [InlineData("2d", "2.00:00:00")]
    [InlineData("1m30s", "00:01:30")]
    [InlineData("1m 30 s", "00:01:30")]
    [InlineData("5min", "00:05:00")]
    [InlineData("30s1m", "00:01:30")]
    [InlineData("250us", "00:00:00.00025")]
    [InlineData("1e3ms", "00:00:01")]
    [InlineData("1_000ms", "00:00:01")]
    [InlineData("0s", "00:00:00")]
    [InlineData("00:00:10", "00:00:10")]
    [InlineData("1.02:03:04.5", "1.02:03:04.5")]
    [InlineData("0.00000001s", "00:00:00")]
    public void Text_IsReadAsDuration(string text, string expected) =>
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture), HumanDuration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("10 parsecs")]
    [InlineData("10S")]
    [InlineData("-10s")]
    [InlineData(" 10s")]
    [InlineData("10s ")]
    [InlineData("10s\n")]
    [InlineData("1,5s")]
    [InlineData(".5s")]
    [InlineData("٣s")]
    [InlineData("00:10")]
    [InlineData("25:00:00")]
    [InlineData("99999999.00:00:00")]
    [InlineData("10675200d")]
    [InlineData("1e999d")]
    [InlineData(null)]
    public void TextThatIsNoDuration_IsRefused(string? text)
    {
        Assert.False(HumanDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Zero, duration);
    }

    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:00:00.0000001", "0.1us")]
    [InlineData("00:00:00.0015", "1.5ms")]
    [InlineData("00:00:01.5", "1.5s")]
    [InlineData("00:01:30", "1m30s")]
    [InlineData("1.12:00:00", "1d12h")]
    [InlineData("30.00:00:00", "30d")]
    public void Format_IsTheShortestHumanForm(string duration, string expected) =>
        Assert.Equal(expected, HumanDuration.Format(TimeSpan.Parse(duration, CultureInfo.InvariantCulture)));

    [Fact]
    public void Format_ReadsBackAsExactlyTheSame()
    {
        Gen.OneOf(Gen.Long[0, long.MaxValue], Gen.Long[0, 100_000_000_000], Gen.Int[0, 10_000].Select(ms => ms * 10_000L))
            .Select(ticks => new TimeSpan(ticks))
            .Sample(duration => HumanDuration.Parse(HumanDuration.Format(duration)) == duration, iter: 2_000);
        Assert.Equal(TimeSpan.MaxValue, HumanDuration.Parse(HumanDuration.Format(TimeSpan.MaxValue)));
    }

    [Fact]
    public void NegativeDuration_HasNoText() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HumanDuration.Format(TimeSpan.FromTicks(-1)));

    [Fact]
    public void Parse_SaysWhatToWrite()
    {
        var exception = Assert.Throws<FormatException>(() => HumanDuration.Parse("soon"));
        Assert.Equal("\"soon\" is not a duration. Write a number and a unit (us, ms, s, m, h, d), such as \"10s\" or \"1m30s\".", exception.Message);
    }

    [Fact]
    public void Converter_WritesAndReadsText()
    {
        var options = new JsonSerializerOptions { Converters = { new HumanDurationJsonConverter() } };
        Assert.Equal("\"1m30s\"", JsonSerializer.Serialize(TimeSpan.FromSeconds(90), options));
        Assert.Equal(TimeSpan.FromSeconds(90), JsonSerializer.Deserialize<TimeSpan>("\"90s\"", options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TimeSpan>("90", options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TimeSpan>("\"soon\"", options));
    }
}
