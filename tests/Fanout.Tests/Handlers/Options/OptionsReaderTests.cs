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
        Assert.Equal("Use one of \"command\", \"env\".", Assert.Single(new OptionsReader("exec", Attempts.Json("""{"qqqq~/q":1}"""), "command", "env").Errors).Remedy);

    [Fact]
    public void PointersAreEscaped() =>
        Assert.Equal("/a~1b~0c", Assert.Single(new OptionsReader("x", Attempts.Json("""{"a/b~c":1}""")).Errors).Pointer);

    [Fact]
    public void OptionsThatAreNoObject_AreRefused() =>
        Assert.Equal("", Assert.Single(new OptionsReader("x", Attempts.Json("[1]")).Errors).Pointer);

    [Fact]
    public void LongValues_AreCutInMessages() =>
        Assert.Equal(100, Assert.Single(new OptionsReader("x", Attempts.Json($$"""{"a":"{{new string('y', 500)}}"}""")).Errors).Value!.Length);
}
