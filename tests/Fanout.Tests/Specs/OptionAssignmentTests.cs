using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class OptionAssignmentTests
{
    [Theory]
    [InlineData("url=https://example.com?a=b", "url", "\"https://example.com?a=b\"")]
    [InlineData("retries=5", "retries", "5")]
    [InlineData("price=1.50", "price", "1.50")]
    [InlineData("zip=00501", "zip", "\"00501\"")]
    [InlineData("follow=true", "follow", "true")]
    [InlineData("body=null", "body", "null")]
    [InlineData("empty=", "empty", "\"\"")]
    [InlineData("quoted=\"5\"", "quoted", "\"5\"")]
    [InlineData("list=[1,2]", "list", "[1,2]")]
    [InlineData("broken={\"a\"", "broken", "\"{\\u0022a\\u0022\"")]
    [InlineData("twice={\"a\":1,\"a\":2}", "twice", "\"{\\u0022a\\u0022:1,\\u0022a\\u0022:2}\"")]
    [InlineData("headers.X-Token=abc", "headers|X-Token", "\"abc\"")]
    [InlineData("a.b.c=1", "a|b|c", "1")]
    [InlineData(@"labels.app\.kubernetes\.io/name=x", "labels|app.kubernetes.io/name", "\"x\"")]
    public void Assignment_IsReadAsPathAndValue(string text, string path, string value)
    {
        var assignment = OptionAssignment.Parse(text);
        Assert.Equal(path.Split('|'), assignment.Path);
        Assert.Equal(value, assignment.Value?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("")]
    [InlineData("url")]
    [InlineData("=5")]
    [InlineData("a..b=5")]
    [InlineData(".a=5")]
    [InlineData(null)]
    public void TextThatSetsNothing_IsRefused(string? text)
    {
        Assert.False(OptionAssignment.TryParse(text, out var assignment));
        Assert.Null(assignment);
        Assert.Contains("key=value", Assert.Throws<FormatException>(() => OptionAssignment.Parse(text!)).Message, StringComparison.Ordinal);
    }
}
