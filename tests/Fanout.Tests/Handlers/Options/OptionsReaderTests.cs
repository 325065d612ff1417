using Fanout.Handlers.Options;
using Xunit;

namespace Fanout.Tests.Handlers.Options;

public sealed class OptionsReaderTests
{
    [Fact]
    public void UnknownName_IsRefused_NamingTheNearestKnownOne()
    {
        var reader = new OptionsReader("exec", Attempts.Json("""{"comand":["true"]}"""), "command", "env");

        var error = Assert.Single(reader.Errors);
        Assert.Equal(new("/comand", "[\"true\"]", "is not an option of exec.", "Did you mean \"command\"?"), error);
    }

    [Fact]
    public void UnknownNameNearNone_IsRefused_NamingAll() =>
        Assert.Equal("Use one of command, env.", Assert.Single(new OptionsReader("exec", Attempts.Json("""{"qqqq~/q":1}"""), "command", "env").Errors).Remedy);

    [Fact]
    public void PointersAreEscaped() =>
        Assert.Equal("/a~1b~0c", Assert.Single(new OptionsReader("x", Attempts.Json("""{"a/b~c":1}""")).Errors).Pointer);

    [Fact]
    public void OptionsThatAreNoObject_AreRefused() =>
        Assert.Equal("", Assert.Single(new OptionsReader("x", Attempts.Json("[1]")).Errors).Pointer);

    [Fact]
    public void LongValues_AreCutIn_Messages() =>
        Assert.Equal(100, Assert.Single(new OptionsReader("x", Attempts.Json($$"""{"a":"{{new string('y', 500)}}"}""")).Errors).Value!.Length);

    [Theory]
    [InlineData("5ms", 5)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2 m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0ms", 0)]
    public void Durations_AreANumberAndAUnit(string text, double milliseconds)
    {
        Assert.True(HumanDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("ms")]
    [InlineData("-5ms")]
    [InlineData("5 days")]
    [InlineData("1e9h")]
    [InlineData("99999999999h")]
    public void WhatIsNoDuration_IsRefused(string text) => Assert.False(HumanDuration.TryParse(text, out _));
}
