using CsCheck;
using Fanout.Handlers;
using Fanout.Handlers.Templates;
using Xunit;

namespace Fanout.Tests.Handlers.Templates;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("{}", "5", "5")]
    [InlineData("{}", "\"a\\nb\\u00e9\"", "a\nbé")]
    [InlineData("{}", "{ \"a\" : [1, \"x y\"] }", "{\"a\":[1,\"x y\"]}")]
    [InlineData("<{a}>", "{\"a\":\"x\\\"y\"}", "<x\"y>")]
    [InlineData("<{a}>", "{\"b\":1,\"a\":{\"c\": [1, 2]}}", "<{\"c\":[1,2]}>")]
    [InlineData("{a.b.c}", "{\"a\":{\"b\":{\"c\":true}}}", "true")]
    [InlineData("{a.b}", "{\"a\":{\"b\":1},\"a.b\":2}", "2")]
    [InlineData("{First Name}", "{\"First Name\":\"Ada\"}", "Ada")]
    [InlineData("{a}", "{\"a\":null}", "null")]
    [InlineData("{#}-{#}", "1", "7-7")]
    [InlineData("{{}} {{{}}}", "1", "{} {1}")]
    [InlineData("plain", "1", "plain")]
    public void PlaceholdersStandForTheItem_ItsFieldsAndItsIndex(string template, string item, string expected) =>
        Assert.Equal(expected, Template.Parse(template).RenderText(Attempts.OfJson(item, index: 7)));

    [Fact]
    public void TextItem_IsTakenAsItIs() =>
        Assert.Equal("say \"{hi}\"\\n", Template.Parse("say {}").RenderText(Attempts.OfText("\"{hi}\"\\n")));

    [Theory]
    [InlineData("{a}", "{\"b\":1}")]
    [InlineData("{a.b}", "{\"a\":1}")]
    [InlineData("{a}", "[1]")]
    [InlineData("{a}", "\"a\"")]
    public void FieldTheItemLacks_FailsForGood_NamingIt(string template, string item)
    {
        var (error, retryable, _, _) = HandlerErrors.Describe(Assert.Throws<MissingFieldItemException>(() => Template.Parse(template).RenderText(Attempts.OfJson(item))));

        Assert.Equal("MissingField", error.Type);
        Assert.Contains($"\"{template[1..^1]}\"", error.Message, StringComparison.Ordinal);
        Assert.False(retryable);
    }

    [Theory]
    [InlineData("a {b")]
    [InlineData("a } b")]
    [InlineData("{print $1}")]
    [InlineData("{\"id\":1}")]
    [InlineData("{.}")]
    [InlineData("{a..b}")]
    [InlineData("{ }")]
    public void WhatIsNoTemplate_IsRefused(string text)
    {
        Assert.Null(Template.TryParse(text, out var problem));
        Assert.NotEmpty(problem!);
    }

    [Fact]
    public void Encoding_AppliesToValuesOnly() =>
        Assert.Equal("a/b?q=x%2Fy", Template.Parse("a/b?q={}").RenderText(Attempts.OfText("x/y"), Uri.EscapeDataString));

    [Fact]
    public void AnyTextWithDoubledBraces_IsItself() =>
        Gen.String.Sample(text =>
        {
            if (text.Any(char.IsSurrogate))
                return;
            var escaped = text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
            Assert.Equal(text, Template.Parse(escaped).RenderText(Attempts.OfJson("1")));
        });
}
