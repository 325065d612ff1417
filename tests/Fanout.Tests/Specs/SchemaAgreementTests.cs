using System.Text.Json.Nodes;
using Xunit;

namespace Fanout.Tests.Specs;

public class SchemaAgreementTests
{
    public static TheoryData<string> ValidSpecs => new([
        SpecSamples.Minimal.ToJsonString(),
        SpecSamples.Full.ToJsonString(),
        .. SpecSamples.Sources.Values.Select(source => SpecSamples.WithSource(source).ToJsonString()),
        .. Valid.Select(change => SpecSamples.With(change.Pointer, change.Json).ToJsonString()),
    ]);

    public static TheoryData<string> InvalidSpecs => new([
        "[]", "null", "1", "\"spec\"", "{}", "{\"handler\":{\"name\":\"echo\"}}", "{\"source\":{\"kind\":\"range\",\"start\":0,\"end\":1}}",
        .. Invalid.Select(change => SpecSamples.With(change.Pointer, change.Json).ToJsonString()),
    ]);

    private static readonly (string Pointer, string Json)[] Valid =
    [
        ("/flow/concurrency", "\"100_000\""),
        ("/flow/concurrency", "\"1e3\""),
        ("/flow/rate", "\"50 per second\""),
        ("/flow/weight", "\"0.5\""),
        ("/flow/limits", "[]"),
        ("/flow/perKey", "{\"key\":\"/tenantId\",\"concurrency\":2,\"rate\":\"5/s\",\"burst\":1}"),
        ("/flow/perKey", "{\"key\":\"\",\"ordered\":true}"),
        ("/flow/perKey", "{\"key\":\"/a~1b/c~0d/0/\",\"ordered\":true,\"concurrency\":1}"),
        ("/flow/perKey", "{\"key\":\"/a\",\"ordered\":false,\"concurrency\":\"1e3\"}"),
        ("/flow/cost", "3"),
        ("/flow/cost", "\"100_000\""),
        ("/flow/cost", "\"/units\""),
        ("/flow/cost", "\"\""),
        ("/flow/cost", "{\"pointer\":\"/units\"}"),
        ("/flow/cost", "{\"pointer\":\"/a/b\",\"default\":\"7\"}"),
        ("/flow/adaptive", "true"),
        ("/failure/tolerate", "0"),
        ("/failure/tolerate", "\"5%\""),
        ("/failure/tolerate", "\"100, 5 %\""),
        ("/failure/tolerate", "{\"percent\":\"0.5%\"}"),
        ("/failure/tolerate", "{\"count\":\"1_000\"}"),
        ("/failure/timeout", "\"00:00:10\""),
        ("/failure/retry", "{}"),
        ("/failure", "{}"),
        ("/batch/slice", "\"100ms\""),
        ("/failure/retry/firstDelay", "\"5m\""),
        ("/failure/retry/maxDelay", "\"0s\""),
        ("/onComplete", "{\"queue\":\"a-1\"}"),
        ("/onComplete", "{\"webhook\":{\"url\":\"HTTP://127.0.0.1:8080/hooks/a?b=c@d#e\"}}"),
        ("/onComplete", "{\"webhook\":{\"url\":\"https://[::1]/\",\"secretFrom\":\"_S1\"},\"queue\":\"abc\"}"),
        ("/handler/options", "{\"anything\":[{}]}"),
        ("/source", "{\"kind\":\"inline\",\"items\":[]}"),
        ("/source", "{\"kind\":\"files\",\"patterns\":\"*.txt\"}"),
        ("/source", "{\"kind\":\"blobs\",\"container\":\"images\"}"),
        ("/source/path", "\"blob://orders/2026/a b#c.jsonl\""),
        ("/source/path", "\"blob://$web/a\""),
        ("/source/path", "\"https://crm.blob.core.windows.net/orders/2026/a%20b\""),
        ("/source/path", "\"C://data/a\""),
        ("/source", "{\"kind\":\"csv\",\"path\":\"a.csv\",\"delimiter\":\"\\t\"}"),
        ("/source", "{\"kind\":\"csv\",\"path\":\"a.csv\",\"delimiter\":\"\\\\t\"}"),
    ];

    private static readonly (string Pointer, string Json)[] Invalid =
    [
        ("/idd", "\"x\""), ("/id", "1"), ("/id", "\"\""), ("/id", "\".hidden\""), ("/id", "\"-x\""), ("/id", "\"a/b\""), ("/id", "\"a b\""), ("/id", "null"),
        ("/id", $"\"{new string('x', 101)}\""), ("/$schema", "1"), ("/Flow", "{}"),
        ("/handler", "null"), ("/handler", "\"http\""), ("/handler", "{}"), ("/handler/name", "\"\""), ("/handler/name", "1"), ("/handler/options", "[]"),
        ("/handler/options", "null"), ("/handler/option", "{}"),
        ("/source", "null"), ("/source", "\"a.jsonl\""), ("/source", "{}"), ("/source", "{\"kind\":\"xml\",\"path\":\"a\"}"),
        ("/source", "{\"path\":\"a\"}"), ("/source/kind", "1"), ("/source/path", "\"\""), ("/source/path", "1"), ("/source/delimiter", "\",\""),
        ("/source/maxItemBytes", "0"), ("/source/maxItemBytes", "67108865"), ("/source/maxItemBytes", "\"big\""), ("/source/maxItemBytes", "1.5"),
        ("/source/maxItemBytes", "true"),
        ("/source", "{\"kind\":\"lines\"}"), ("/source", "{\"kind\":\"csv\",\"path\":\"a\",\"delimiter\":\"ab\"}"),
        ("/source", "{\"kind\":\"csv\",\"path\":\"a\",\"delimiter\":\"\"}"), ("/source", "{\"kind\":\"csv\",\"path\":\"a\",\"delimiter\":\"\\\"\"}"),
        ("/source", "{\"kind\":\"csv\",\"path\":\"a\",\"delimiter\":\"\\n\"}"), ("/source", "{\"kind\":\"csv\",\"path\":\"a\",\"header\":\"yes\"}"),
        ("/source", "{\"kind\":\"range\",\"start\":0}"), ("/source", "{\"kind\":\"range\",\"end\":1}"), ("/source", "{\"kind\":\"range\",\"start\":0.5,\"end\":1}"),
        ("/source", "{\"kind\":\"range\",\"start\":\"a\",\"end\":1}"), ("/source", "{\"kind\":\"range\",\"start\":0,\"end\":1,\"step\":1}"),
        ("/source", "{\"kind\":\"inline\"}"), ("/source", "{\"kind\":\"inline\",\"items\":{}}"), ("/source", "{\"kind\":\"inline\",\"items\":null}"),
        ("/source", $"{{\"kind\":\"inline\",\"items\":[{string.Join(',', Enumerable.Repeat("1", 10_001))}]}}"),
        ("/source", "{\"kind\":\"files\"}"), ("/source", "{\"kind\":\"files\",\"patterns\":[]}"), ("/source", "{\"kind\":\"files\",\"patterns\":\"\"}"),
        ("/source", "{\"kind\":\"files\",\"patterns\":[1]}"), ("/source", "{\"kind\":\"files\",\"patterns\":[\"\"]}"),
        ("/source", "{\"kind\":\"files\",\"patterns\":[\"*\"],\"root\":\"\"}"), ("/source", "{\"kind\":\"files\",\"patterns\":[\"*\"],\"path\":\"a\"}"),
        ("/source", "{\"kind\":\"blobs\"}"), ("/source", "{\"kind\":\"blobs\",\"container\":\"\"}"), ("/source", "{\"kind\":\"blobs\",\"container\":\"Images\"}"),
        ("/source", "{\"kind\":\"blobs\",\"container\":\"ab\"}"), ("/source", "{\"kind\":\"blobs\",\"container\":\"a--b\"}"),
        ("/source", "{\"kind\":\"blobs\",\"container\":\"images/2026\"}"), ("/source", "{\"kind\":\"blobs\",\"container\":\"images\",\"prefix\":\"\"}"),
        ("/source", "{\"kind\":\"blobs\",\"container\":\"images\",\"path\":\"a\"}"),
        ("/source/path", "\"s3://orders/a\""), ("/source/path", "\"https://example.com/a\""), ("/source/path", "\"blob://orders\""), ("/source/path", "\"blob://Orders/a\""),
        ("/source/path", "\"blob://orders/a?sig=x\""), ("/source/path", "\"https://crm.blob.core.windows.net/orders/a?sig=x\""),
        ("/source/path", "\"https://crm.blob.core.windows.net/orders/a#b\""), ("/source/path", "\"https://crm.blob.core.windows.net/orders\""),
        ("/source", "{\"kind\":\"redrive\"}"), ("/source", "{\"kind\":\"redrive\",\"run\":\"a/b\"}"), ("/source", "{\"kind\":\"redrive\",\"run\":\"a\",\"only\":\"Failed\"}"),
        ("/source", "{\"kind\":\"redrive\",\"run\":\"a\",\"whereError\":\"\"}"), ("/source", "{\"kind\":\"custom\"}"),
        ("/source", "{\"kind\":\"custom\",\"name\":\"orders-table\",\"options\":1}"),
        ("/flow", "[]"), ("/flow", "null"), ("/flow/concurrency", "0"), ("/flow/concurrency", "100001"), ("/flow/concurrency", "1.5"),
        ("/flow/concurrency", "\"many\""), ("/flow/concurrency", "true"), ("/flow/concurrency", "null"), ("/flow/concurrency", "[64]"),
        ("/flow/concurency", "64"), ("/flow/rate", "50"), ("/flow/rate", "\"50\""), ("/flow/rate", "\"fast\""), ("/flow/rate", "\"50/y\""),
        ("/flow/burst", "10"), ("/flow", "{\"rate\":\"5/s\",\"burst\":0}"), ("/flow", "{\"rate\":\"5/s\",\"burst\":1000001}"),
        ("/flow/limits", "\"crm\""), ("/flow/limits", "[\"\"]"), ("/flow/limits", "[1]"), ("/flow/limits", "[\"a\",\"a\"]"), ("/flow/limits", "[\"a b\"]"),
        ("/flow/limits", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]"),
        ("/flow/weight", "0"), ("/flow/weight", "1000.5"), ("/flow/weight", "\"heavy\""),
        ("/flow/perKey", "\"/tenantId\""), ("/flow/perKey", "{}"), ("/flow/perKey", "{\"key\":\"/a\"}"), ("/flow/perKey", "{\"concurrency\":2}"),
        ("/flow/perKey", "{\"key\":\"/a\",\"ordered\":false}"), ("/flow/perKey", "{\"key\":\"a\",\"concurrency\":2}"),
        ("/flow/perKey", "{\"key\":\"/a~\",\"concurrency\":2}"), ("/flow/perKey", "{\"key\":\"/a~2\",\"concurrency\":2}"),
        ("/flow/perKey", "{\"key\":1,\"concurrency\":2}"), ("/flow/perKey", "{\"key\":null,\"concurrency\":2}"),
        ("/flow/perKey", $"{{\"key\":\"/{new string('x', 4_096)}\",\"concurrency\":2}}"),
        ("/flow/perKey", "{\"key\":\"/a\",\"concurrency\":0}"), ("/flow/perKey", "{\"key\":\"/a\",\"concurrency\":100001}"),
        ("/flow/perKey", "{\"key\":\"/a\",\"concurrency\":2,\"burst\":1}"), ("/flow/perKey", "{\"key\":\"/a\",\"rate\":\"5/s\",\"burst\":0}"),
        ("/flow/perKey", "{\"key\":\"/a\",\"rate\":5}"), ("/flow/perKey", "{\"key\":\"/a\",\"ordered\":\"true\"}"), ("/flow/perKey", "{\"key\":\"/a\",\"rates\":\"5/s\"}"),
        ("/flow/cost", "0"), ("/flow/cost", "100001"), ("/flow/cost", "1.5"), ("/flow/cost", "\"units\""), ("/flow/cost", "\"/a~2\""), ("/flow/cost", "true"), ("/flow/cost", "null"),
        ("/flow/cost", "[1]"), ("/flow/cost", "{}"), ("/flow/cost", "{\"default\":1}"), ("/flow/cost", "{\"pointer\":\"units\"}"), ("/flow/cost", "{\"pointer\":\"/units\",\"default\":0}"),
        ("/flow/cost", "{\"pointer\":\"/units\",\"unit\":1}"), ("/flow/adaptive", "\"true\""), ("/flow/adaptive", "1"),
        ("/failure", "1"), ("/failure/timeout", "10"), ("/failure/timeout", "\"10\""), ("/failure/timeout", "\"-1s\""), ("/failure/timeout", "\"10 parsecs\""),
        ("/failure/timeouts", "\"10s\""), ("/failure/retry", "3"), ("/failure/retry/maxAttempts", "0"), ("/failure/retry/maxAttempts", "101"),
        ("/failure/retry/attempts", "3"), ("/failure/retry/backoff", "0.5"), ("/failure/retry/backoff", "11"), ("/failure/retry/jitter", "\"yes\""),
        ("/failure/retry/jitter", "1"), ("/failure/tolerate", "-1"), ("/failure/tolerate", "1.5"), ("/failure/tolerate", "{}"), ("/failure/tolerate", "[]"),
        ("/failure/tolerate", "true"), ("/failure/tolerate", "\"some\""), ("/failure/tolerate", "{\"count\":-1}"), ("/failure/tolerate", "{\"percent\":101}"),
        ("/failure/tolerate", "{\"percent\":-0.5}"), ("/failure/tolerate", "{\"share\":1}"), ("/failure/tolerate", "{\"count\":1.5}"), ("/failure/deadline", "7200"),
        ("/batch", "[]"), ("/batch/slice", "10"), ("/batch/maxItems", "0"), ("/batch/maxItems", "1000001"), ("/batch/dispatch", "\"topic\""),
        ("/batch/dispatch", "1"), ("/batch/branches", "0"), ("/batch/branches", "257"), ("/batch/lanes", "4097"), ("/batch/lane", "1"),
        ("/onComplete", "{}"), ("/onComplete", "null"), ("/onComplete", "\"https://x/\""), ("/onComplete/webhook", "\"https://x/\""),
        ("/onComplete/webhook", "{}"), ("/onComplete/webhook", "{\"secretFrom\":\"S\"}"), ("/onComplete/webhook/url", "\"x/y\""),
        ("/onComplete/webhook/url", "\"ftp://x/\""), ("/onComplete/webhook/url", "\"https://\""), ("/onComplete/webhook/url", "\"https://user:pw@x/\""),
        ("/onComplete/webhook/url", "\"https://x/a b\""), ("/onComplete/webhook/url", "1"), ("/onComplete/webhook/url", "\"\""),
        ("/onComplete/webhook", "{\"url\":\"https://x/\",\"secretFrom\":\"1S\"}"), ("/onComplete/webhook", "{\"url\":\"https://x/\",\"secretFrom\":\"\"}"),
        ("/onComplete/webhook", "{\"url\":\"https://x/\",\"secretFrom\":\"A-B\"}"), ("/onComplete/webhook", "{\"url\":\"https://x/\",\"secret\":\"S\"}"),
        ("/onComplete/queue", "\"ab\""), ("/onComplete/queue", "\"Orders\""), ("/onComplete/queue", "\"a--b\""), ("/onComplete/queue", "\"-ab\""),
        ("/onComplete/queue", "\"ab-\""), ("/onComplete/queue", $"\"{new string('x', 64)}\""), ("/onComplete/queue", "1"), ("/onComplete/topic", "\"abc\""),
        ("/results", "\"all\""), ("/results/keep", "\"some\""), ("/results/keep", "\"All\""), ("/results/reduce", "1"), ("/results/reduce", "\"\""),
    ];

    [Theory]
    [MemberData(nameof(ValidSpecs))]
    public void ValidSpec_IsAcceptedByBoth(string spec)
    {
        Assert.Empty(SpecSamples.ErrorsOf(spec));
        Assert.True(SchemaAgreement.SchemaAccepts(spec));
    }

    [Theory]
    [MemberData(nameof(InvalidSpecs))]
    public void InvalidSpec_IsRefusedByBoth(string spec)
    {
        Assert.NotEmpty(SpecSamples.ErrorsOf(spec));
        Assert.False(SchemaAgreement.SchemaAccepts(spec));
    }

    [Theory]
    [MemberData(nameof(InvalidSpecs))]
    public void InvalidSpec_IsRefusedWithAPlaceARangeAndARemedy(string spec) => Assert.All(SpecSamples.ErrorsOf(spec), error =>
    {
        Assert.True(error.Pointer.Length == 0 || error.Pointer[0] == '/');
        Assert.EndsWith(".", error.Problem, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Remedy.Replace("?", ".", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(error.Value is null || error.Value.Length <= 100);
    });
}
