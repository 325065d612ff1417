using System.Text.Json;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SpecReaderErrorTests
{
    [Fact]
    public void AllErrors_AreReportedInTheOrderOfTheDocument()
    {
        var errors = SpecSamples.ErrorsOf("""
            {
              "results": { "reduce": "summ" },
              "flow": { "burst": 0, "limits": ["ok", "not ok"], "concurrency": 0 },
              "extra": 1,
              "source": { "kind": "range", "start": 5, "end": 1 },
              "id": ".x"
            }
            """);
        Assert.Equal(
            ["/results/reduce", "/flow/burst", "/flow/burst", "/flow/limits/1", "/flow/concurrency", "/extra", "/source/end", "/id", "/handler"],
            errors.Select(error => error.Pointer));
    }

    [Theory]
    [InlineData("/handler/name", "\"htp\"", "Did you mean \"http\"? Registered: \"http\", \"echo\", \"exec\".")]
    [InlineData("/handler/name", "\"warehouse\"", "Registered: \"echo\", \"exec\", \"http\".")]
    [InlineData("/results/reduce", "\"avg\"", "Registered: \"sum\", \"count\".")]
    [InlineData("/source", "{\"kind\":\"custom\",\"name\":\"orders\"}", "Registered: \"orders-table\".")]
    public void NameThatIsNotRegistered_IsRefusedWithThoseThatAre(string pointer, string json, string remedy)
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With(pointer, json)));
        Assert.Contains("is not a registered", error.Problem, StringComparison.Ordinal);
        Assert.Equal(remedy, error.Remedy);
    }

    [Fact]
    public void EmptyRegistry_SaysThatNothingIsRegistered()
    {
        var exception = Assert.Throws<SpecException>(() => SpecReader.Read(SpecSamples.Minimal, new FanoutRegistry()));
        Assert.Equal("Registered: none.", Assert.Single(exception.Errors).Remedy);
    }

    [Fact]
    public void ErrorsOfAHandlersOptions_PointIntoTheSpec()
    {
        Assert.Equal("/handler/options/url", Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With("/handler/name", "\"http\""))).Pointer);
        var error = Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With("/handler", "{\"name\":\"http\",\"options\":{\"url\":1}}")));
        Assert.Equal(new SpecError("/handler/options/url", "1", "is not a URL.", "Write it as text."), error);
    }

    [Theory]
    [InlineData("/failure/retry", "{\"firstDelay\":\"2s\",\"maxDelay\":\"1s\"}", "/failure/retry/firstDelay", "allowed are 0s to 1s")]
    [InlineData("/batch", "{\"slice\":\"500ms\",\"checkpoint\":\"1s\"}", "/batch/checkpoint", "allowed are 10ms to 500ms")]
    [InlineData("/batch", "{\"checkpoint\":\"11s\"}", "/batch/checkpoint", "allowed are 10ms to 10s")]
    [InlineData("/source", "{\"kind\":\"range\",\"start\":5,\"end\":4}", "/source/end", "allowed are 5 and more")]
    [InlineData("/source", "{\"kind\":\"range\",\"start\":0,\"end\":1000000000001}", "/source/end", "allowed are 1,000,000,000,000 items")]
    [InlineData("/source", "{\"kind\":\"range\",\"start\":-9223372036854775808,\"end\":9223372036854775807}", "/source/end", "too long")]
    [InlineData("/source", "{\"kind\":\"range\",\"start\":0,\"end\":9223372036854775808}", "/source/end", "64 bits")]
    [InlineData("/flow", "{\"burst\":5}", "/flow/burst", "needs a rate")]
    [InlineData("/flow/perKey", "{\"key\":\"/a\",\"concurrency\":2,\"ordered\":true}", "/flow/perKey/concurrency", "is not 1")]
    [InlineData("/flow/perKey", "{\"key\":\"/a\"}", "/flow/perKey", "limits nothing")]
    [InlineData("/flow/perKey", "{\"ordered\":true}", "/flow/perKey/key", "is missing")]
    [InlineData("/flow/perKey", "{\"key\":\"tenantId\",\"ordered\":true}", "/flow/perKey/key", "a slash before each name")]
    [InlineData("/flow/perKey", "{\"key\":\"/a\",\"concurrency\":2,\"burst\":5}", "/flow/perKey/burst", "needs a rate")]
    [InlineData("/flow/cost", "100001", "/flow/cost", "allowed are 1 to 100,000 units")]
    [InlineData("/flow/cost", "\"units\"", "/flow/cost", "allowed are 1 to 100,000 units, and a JSON pointer")]
    [InlineData("/flow/concurrency", "99999999999999999999999999999999", "/flow/concurrency", "is too large")]
    [InlineData("/flow/concurrency", "-1e999", "/flow/concurrency", "is too small")]
    [InlineData("/source/path", "\"a\\u0000b\"", "/source/path", "NUL")]
    [InlineData("/flow/weight", "1e999", "/flow/weight", "is too large")]
    [InlineData("/flow/rate", "\"1000001/s\"", "/flow/rate", "is too fast")]
    [InlineData("/flow/rate", "\"0.01/d\"", "/flow/rate", "is too slow")]
    [InlineData("/failure/timeout", "\"25h\"", "/failure/timeout", "allowed are 1ms to 1d")]
    [InlineData("/failure/tolerate", "\"101%\"", "/failure/tolerate", "0% to 100%")]
    [InlineData("/failure/tolerate", "{\"percent\":\"101%\"}", "/failure/tolerate/percent", "allowed are 0 to 100")]
    [InlineData("/onComplete", "{}", "/onComplete", "neither a webhook nor a queue")]
    [InlineData("/onComplete/webhook/url", "\"http://169.254.169.254/latest\"", "/onComplete/webhook/url", "always refused")]
    [InlineData("/onComplete/webhook/url", "\"http://metadata.google.internal/\"", "/onComplete/webhook/url", "always refused")]
    [InlineData("/onComplete/webhook/url", "\"http://[::ffff:169.254.1.1]/\"", "/onComplete/webhook/url", "always refused")]
    [InlineData("/onComplete/webhook/url", "\"http://x:99999/\"", "/onComplete/webhook/url", "is not an absolute http or https URL")]
    [InlineData("/onComplete/queue", "\"a--b\"", "/onComplete/queue", "3 to 63 lower-case letters")]
    public void ValueThatContradictsAnotherOrItsRange_IsRefused(string pointer, string json, string where, string problem)
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With(pointer, json)));
        Assert.Equal(where, error.Pointer);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretInThePlaceOfItsName_IsNotRepeated()
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With("/onComplete/webhook", "{\"url\":\"https://x/\",\"secretFrom\":\"whsec_4f+/Q==\"}")));
        Assert.Equal("/onComplete/webhook/secretFrom", error.Pointer);
        Assert.DoesNotContain("whsec", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void InlineItemsOfMoreThanAMebibyte_AreRefused()
    {
        var item = new string('x', 1 << 10);
        string Spec(int count) => $$$"""{"handler":{"name":"echo"},"source":{"kind":"inline","items":[{{{string.Join(',', Enumerable.Repeat($"\"{item}\"", count))}}}]}}""";
        Assert.Empty(SpecSamples.ErrorsOf(Spec(1_022)));
        Assert.Contains("1,048,576", Assert.Single(SpecSamples.ErrorsOf(Spec(1_023))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void FieldGivenTwice_IsRefusedWhereverItStands()
    {
        var errors = SpecSamples.ErrorsOf("""
            {"handler":{"name":"echo","options":{"a":1,"a":2}},"source":{"kind":"inline","items":[{"b":1,"\u0062":2}]},"id":"x","id":"y"}
            """);
        Assert.Equal(["/handler/options/a", "/source/items/0/b", "/id"], errors.Select(error => error.Pointer));
        Assert.All(errors, error => Assert.Contains("stands in this object already", error.Problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\n  \"id\": \"x\"\n  \"flow\": {}\n}", "Line 3, column 3 is not JSON: '\"' is invalid after a value. Expected either ',', '}', or ']'.")]
    [InlineData("", "Line 1, column 1 is not JSON: The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true.")]
    [InlineData("{\"é\": €}", "Line 1, column 7 is not JSON: '0xE2' is an invalid start of a value.")]
    [InlineData("{\"id\": 'x'}", "Line 1, column 8 is not JSON: ''' is an invalid start of a value.")]
    public void TextThatIsNotJson_IsRefusedWithLineAndColumn(string text, string problem)
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(text));
        Assert.Equal("", error.Pointer);
        Assert.Equal(problem, error.Problem);
    }

    [Fact]
    public void NestingDeeperThan64_IsRefused()
    {
        string Spec(int levels) => $$$"""{"handler":{"name":"echo","options":{"x":{{{new string('[', levels)}}}{{{new string(']', levels)}}}}},"source":{"kind":"range","start":0,"end":0}}""";
        Assert.Empty(SpecSamples.ErrorsOf(Spec(61)));
        var error = Assert.Single(SpecSamples.ErrorsOf(Spec(62)));
        Assert.Contains("64", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void SpecOfMoreThanTwoMebibytes_IsRefused()
    {
        string Spec(int padding) => $$$"""{"handler":{"name":"echo","options":{"x":"{{{new string('x', padding)}}}"}},"source":{"kind":"range","start":0,"end":0}}""";
        Assert.Contains("2,097,152", Assert.Single(SpecSamples.ErrorsOf(Spec(2 << 20))).Problem, StringComparison.Ordinal);

        // Small enough as given, too large as it would be stored, with its defaults.
        Assert.Contains("2,097,152", Assert.Single(SpecSamples.ErrorsOf(Spec((2 << 20) - 150))).Problem, StringComparison.Ordinal);
        Assert.Empty(SpecSamples.ErrorsOf(Spec((2 << 20) - 2_000)));
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00\\ud800")]
    public void HalfACharacter_IsRefusedWhereverItStands(string half)
    {
        Assert.Equal("/id", Assert.Single(SpecSamples.ErrorsOf($$$"""{"id":"{{{half}}}"}""")).Pointer);
        Assert.Equal("/source/items/0", Assert.Single(SpecSamples.ErrorsOf($$$"""{"source":{"items":["{{{half}}}"]}}""")).Pointer);
        Assert.Equal("/handler/options", Assert.Single(SpecSamples.ErrorsOf($$$"""{"handler":{"options":{"{{{half}}}":1}}, "id":"a"}""")).Pointer);
    }

    [Fact]
    public void LongValue_IsCutTo100Characters()
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With("/id", JsonSerializer.Serialize(new string('x', 500)))));
        Assert.Equal(100, error.Value!.Length);
        Assert.EndsWith("x…", error.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void NullArguments_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => SpecReader.Read((string)null!, SpecSamples.Registry));
        Assert.Throws<ArgumentNullException>(() => SpecReader.Read("{}", null!));
    }
}
