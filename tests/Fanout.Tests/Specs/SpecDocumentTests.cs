using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SpecDocumentTests
{
    [Fact]
    public void FlagsAndJson_BuildTheSameSpec()
    {
        var flags = new SpecDocument();
        flags.Set("/handler/name", "http");
        flags.Set(OptionAssignment.Parse("url=https://example.com"));
        flags.Set(OptionAssignment.Parse("headers.X-Token=abc"));
        flags.Set(OptionAssignment.Parse("expect=[200, 204]"));
        flags.Set("/source", SourceFlag.Read("--csv", "orders.csv"));
        flags.Set("/source/delimiter", "tab");
        flags.Set("/flow/concurrency", "64");
        flags.Set("/flow/rate", "50/s");
        flags.Set("/failure/tolerate", "100,5%");

        var json = """
            { "handler": { "name": "http", "options": { "url": "https://example.com", "headers": { "X-Token": "abc" }, "expect": [200, 204] } },
              "source": { "kind": "csv", "path": "orders.csv", "delimiter": "\t" },
              "flow": { "concurrency": 64, "rate": "50/s" }, "failure": { "tolerate": { "count": 100, "percent": 5 } } }
            """;
        Assert.Equal(SpecWriter.Write(SpecSamples.Read(json)), SpecWriter.Write(SpecSamples.Read(flags.Json)));
    }

    [Fact]
    public void Flags_OverrideWhatAFileSays()
    {
        var document = SpecDocument.Parse("""{ "flow": { "concurrency": 8, "weight": 2, /* twice */ } }""");
        document.Set("/flow/concurrency", 16);
        Assert.Equal("""{"flow":{"concurrency":16,"weight":2}}""", document.ToString());
    }

    [Fact]
    public void Pointer_IsUnescaped()
    {
        var document = new SpecDocument();
        document.Set("/a~1b/c~0d", 1);
        Assert.Equal("""{"a/b":{"c~d":1}}""", document.ToString());
    }

    [Theory]
    [InlineData("[]", "is not an object")]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}", "stands in this object already")]
    [InlineData("{", "is not JSON")]
    [InlineData("{\"id\":\"\\ud800\"}", "half of a character")]
    public void TextThatIsNoDocument_IsRefused(string text, string problem)
    {
        var error = Assert.Single(Assert.Throws<SpecException>(() => SpecDocument.Parse(text)).Errors);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ValueOnTheWay_IsNotOverwritten()
    {
        var document = new SpecDocument();
        document.Set("/handler/options/headers", "none");
        var exception = Assert.Throws<SpecException>(() => document.Set(OptionAssignment.Parse("headers.X-Token=abc")));
        Assert.Equal("/handler/options/headers", Assert.Single(exception.Errors).Pointer);
    }

    [Fact]
    public void WhatIsNoPointer_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new SpecDocument().Set("", 1));
        Assert.Throws<ArgumentException>(() => new SpecDocument().Set("flow", 1));
    }
}
