using System.Text.Json;
using CsCheck;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Tests.Model;

public class RateTests
{
    [Theory]
    [InlineData("50/s", 50, 1)]
    [InlineData("3000/min", 3000, 60)]
    [InlineData("3_000/m", 3000, 60)]
    [InlineData("10/h", 10, 3_600)]
    [InlineData("1/d", 1, 86_400)]
    [InlineData("0.5/s", 0.5, 1)]
    [InlineData("50 / s", 50, 1)]
    [InlineData("50 per second", 50, 1)]
    [InlineData("50 per day", 50, 86_400)]
    [InlineData("1e-7/s", 1e-7, 1)]
    public void Text_IsReadAsRate(string text, double count, int seconds) =>
        Assert.Equal(new Rate(count, TimeSpan.FromSeconds(seconds)), Rate.Parse(text));

    [Theory]
    [InlineData("50")]
    [InlineData("/s")]
    [InlineData("0/s")]
    [InlineData("0.0/s")]
    [InlineData("-1/s")]
    [InlineData("1e400/s")]
    [InlineData("50/fortnight")]
    [InlineData("50/2s")]
    [InlineData("50 s")]
    [InlineData("50persecond")]
    [InlineData("50/s\n")]
    [InlineData("")]
    [InlineData(null)]
    public void TextThatIsNoRate_IsRefused(string? text) => Assert.False(Rate.TryParse(text, out _));

    [Fact]
    public void ToString_ReadsBackAsExactlyTheSame()
    {
        var periods = new[] { TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1) };
        Gen.Select(Gen.Double.Where(count => count > 0 && double.IsFinite(count)), Gen.OneOf(periods))
            .Select((count, period) => new Rate(count, period))
            .Sample(rate => Rate.Parse(rate.ToString()) == rate, iter: 2_000);
    }

    [Theory]
    [InlineData(50, 1, "50/s")]
    [InlineData(3000, 60, "3000/min")]
    [InlineData(0.1, 3_600, "0.1/h")]
    [InlineData(1, 86_400, "1/d")]
    [InlineData(10, 10, "1/s")]
    public void ToString_IsWhatPeopleWrite(double count, int seconds, string expected) =>
        Assert.Equal(expected, new Rate(count, TimeSpan.FromSeconds(seconds)).ToString());

    [Fact]
    public void Rate_IsTextInJson()
    {
        var allotment = new Allotment(8, Rate.Parse("50/s"), 1);
        var json = JsonSerializer.Serialize(allotment, FanoutJson.Options);
        Assert.Equal("""{"concurrency":8,"rate":"50/s","burst":1}""", json);
        Assert.Equal(allotment, JsonSerializer.Deserialize<Allotment>(json, FanoutJson.Options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Rate>("50", FanoutJson.Options));
    }

    [Fact]
    public void Parse_SaysWhatToWrite() => Assert.Contains("\"50/s\"", Assert.Throws<FormatException>(() => Rate.Parse("fast")).Message, StringComparison.Ordinal);
}
