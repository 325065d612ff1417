using System.Text.Json.Nodes;
using CsCheck;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SpecWriterTests
{
    [Fact]
    public void FullSpec_IsWrittenCompactInFixedOrder() => Assert.Equal(
        """
        {"id":"nightly-2026-11-23",
        "handler":{"name":"http","options":{"headers":{"X-A":"1","X-B":"2"},"method":"POST","url":"https://example.com"}},
        "source":{"kind":"csv","path":"orders.csv","delimiter":";","header":false,"maxItemBytes":64000},
        "flow":{"concurrency":64,"rate":"50/s","burst":10,"limits":["billing","crm-api"],"weight":0.5,
        "perKey":{"key":"/tenantId","concurrency":2,"rate":"5/s","burst":1,"ordered":false},"cost":{"pointer":"/units","default":1},"adaptive":true},
        "failure":{"timeout":"10s","retry":{"maxAttempts":4,"firstDelay":"200ms","backoff":1.5,"maxDelay":"1m30s","jitter":false},
        "tolerate":{"count":100,"percent":5},"deadline":"2h"},
        "batch":{"slice":"20s","maxItems":1000,"checkpoint":"500ms","dispatch":"queue","branches":4,"lanes":16},
        "results":{"keep":"failures","reduce":"sum"},
        "onComplete":{"webhook":{"url":"https://example.com/hooks","secretFrom":"WEBHOOK_SECRET"},"queue":"orders-done"}}
        """.ReplaceLineEndings(""),
        SpecWriter.Write(SpecSamples.Read(SpecSamples.Full)));

    [Fact]
    public void Defaults_AreWrittenOut_SoThatAStoredSpecKeepsItsMeaning() => Assert.Equal(
        $$$"""
        {"handler":{"name":"echo"},
        "source":{"kind":"jsonl","path":"orders.jsonl","maxItemBytes":1048576},
        "flow":{"concurrency":{{{FlowSpec.DefaultConcurrency}}},"limits":[],"weight":1},
        "failure":{"retry":{"maxAttempts":1,"firstDelay":"1s","backoff":2,"maxDelay":"1m","jitter":true}},
        "batch":{"slice":"10s","maxItems":100000,"checkpoint":"1s","dispatch":"activity"},
        "results":{"keep":"all"}}
        """.ReplaceLineEndings(""),
        SpecWriter.Write(SpecSamples.Read(SpecSamples.Minimal)));

    [Fact]
    public void SpecsThatMeanTheSame_HaveTheSameText()
    {
        var given = SpecSamples.Read("""
            { "results": {}, "source": { "path": "a", "kind": "lines", "maxItemBytes": "1MiB" },
              "failure": { "timeout": "90s", "tolerate": "5%" }, "flow": { "concurrency": "8", "rate": "50 per second", "limits": ["b", "a"],
                "perKey": { "ordered": true, "key": "/a" }, "cost": "/units", "adaptive": false },
              "handler": { "options": { "b": [1, 2], "a": "\u0041" }, "name": "echo" } }
            """);
        var other = SpecSamples.Read("""
            { "handler": { "name": "echo", "options": { "a": "A", "b": [1,2] } }, "source": { "kind": "lines", "path": "a" },
              "flow": { "concurrency": 8, "rate": "50/s", "burst": 5, "limits": ["a", "b"],
                "perKey": { "key": "/a", "concurrency": 1, "ordered": true }, "cost": { "default": "1", "pointer": "/units" } }, "failure": { "timeout": "00:01:30", "tolerate": { "percent": 5 } } }
            """);
        Assert.Equal(SpecWriter.Write(given), SpecWriter.Write(other));
    }

    [Fact]
    public void Id_IsPartOfTheText() =>
        Assert.NotEqual(SpecWriter.Write(SpecSamples.Read(SpecSamples.With("/id", "\"a\""))), SpecWriter.Write(SpecSamples.Read(SpecSamples.With("/id", "\"b\""))));

    [Fact]
    public void EveryKindOfSource_ReadsBackAsItWas()
    {
        foreach (var source in SpecSamples.Sources.Values)
        {
            var spec = SpecSamples.Read(SpecSamples.WithSource(source));
            AssertSame(spec, SpecSamples.Read(SpecWriter.Write(spec)));
        }
    }

    [Fact]
    public void AnySpec_ReadsBackAsItWas() => SpecGen.Valid.Select(spec => spec.ToJsonString()).Sample(
        text =>
        {
            var spec = SpecSamples.Read(text);
            AssertSame(spec, SpecSamples.Read(SpecWriter.Write(spec)));
        },
        iter: 500);

    [Fact]
    public void Items_KeepTheOrderOfTheirFields()
    {
        var text = SpecWriter.Write(SpecSamples.Read(SpecSamples.WithSource("""{"kind":"inline","items":[{"b":1,"a":1.0}]}""")));
        Assert.Contains("""[{"b":1,"a":1.0}]""", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyOptions_ReadBackAsTheyWere() => Gen.String.Sample(
        text =>
        {
            var spec = SpecSamples.Minimal;
            spec["handler"] = new JsonObject { ["name"] = "echo", ["options"] = new JsonObject { ["text"] = text, [text + "key"] = 1 } };
            var written = SpecWriter.Write(SpecSamples.Read(spec));
            Assert.Equal(written, SpecWriter.Write(SpecSamples.Read(written)));
        },
        iter: 300);

    /// <summary>Records compare lists and JSON by identity, so these are compared by what they hold.</summary>
    private static void AssertSame(RunSpec expected, RunSpec actual)
    {
        Assert.Equal(expected.Id, actual.Id);
        Assert.Equal(expected.Handler.Name, actual.Handler.Name);
        Assert.True(JsonNode.DeepEquals(Node(expected.Handler.Options), Node(actual.Handler.Options)));
        Assert.Equal(expected.Flow.Limits, actual.Flow.Limits);
        Assert.Equal(expected.Flow with { Limits = [] }, actual.Flow with { Limits = [] });
        Assert.Equal(expected.Failure, actual.Failure);
        Assert.Equal(expected.Batch, actual.Batch);
        Assert.Equal(expected.Results, actual.Results);
        Assert.Equal(expected.OnComplete, actual.OnComplete);
        AssertSameSource(expected.Source, actual.Source);

        static JsonNode? Node(System.Text.Json.JsonElement? element) => element is { } value ? JsonNode.Parse(value.GetRawText()) : null;
    }

    private static void AssertSameSource(SourceSpec expected, SourceSpec actual)
    {
        switch (expected, actual)
        {
            case (InlineSourceSpec a, InlineSourceSpec b):
                Assert.Equal(a.Items.Select(item => item.GetRawText()), b.Items.Select(item => item.GetRawText()));
                Assert.Equal(a.MaxItemBytes, b.MaxItemBytes);
                break;
            case (FilesSourceSpec a, FilesSourceSpec b):
                Assert.Equal(a.Patterns, b.Patterns);
                Assert.Equal(a with { Patterns = [] }, b with { Patterns = [] });
                break;
            case (CustomSourceSpec a, CustomSourceSpec b):
                Assert.Equal(a.Options?.GetRawText(), b.Options?.GetRawText());
                Assert.Equal(a with { Options = null }, b with { Options = null });
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }
}
