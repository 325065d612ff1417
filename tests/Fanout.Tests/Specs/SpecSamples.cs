using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Handlers;
using Fanout.Results;
using Fanout.Specs;
using Moq;

namespace Fanout.Tests.Specs;

/// <summary>A registry and small specs that the tests of this folder start from.</summary>
internal static class SpecSamples
{
    /// <summary>Handlers http (needs a text option url, takes nothing else odd), exec, echo; reducers count and sum; source orders-table.</summary>
    public static FanoutRegistry Registry { get; } = CreateRegistry();

    /// <summary>The least a spec needs.</summary>
    public static JsonObject Minimal => Parse("""{"handler":{"name":"echo"},"source":{"kind":"jsonl","path":"orders.jsonl"}}""");

    /// <summary>A spec in which every field is given, but those of other source kinds.</summary>
    public static JsonObject Full => Parse("""
        {
          "$schema": "fanout-spec.schema.json",
          "id": "nightly-2026-11-23",
          "handler": { "name": "http", "options": { "url": "https://example.com", "method": "POST", "headers": { "X-B": "2", "X-A": "1" } } },
          "source": { "kind": "csv", "path": "orders.csv", "delimiter": ";", "header": false, "maxItemBytes": "64KB" },
          "flow": { "concurrency": 64, "rate": "50/s", "burst": 10, "limits": ["crm-api", "billing"], "weight": 0.5,
            "perKey": { "key": "/tenantId", "concurrency": 2, "rate": "5/s" }, "cost": "/units", "adaptive": true },
          "failure": {
            "timeout": "10s",
            "retry": { "maxAttempts": 4, "firstDelay": "200ms", "backoff": 1.5, "maxDelay": "1m30s", "jitter": false },
            "tolerate": { "count": 100, "percent": 5 },
            "deadline": "2h"
          },
          "batch": { "slice": "20s", "maxItems": 1000, "checkpoint": "500ms", "dispatch": "queue", "branches": 4, "lanes": 16 },
          "results": { "keep": "failures", "reduce": "sum" },
          "onComplete": { "webhook": { "url": "https://example.com/hooks", "secretFrom": "WEBHOOK_SECRET" }, "queue": "orders-done" }
        }
        """);

    /// <summary>One source of each kind, with every field given.</summary>
    public static IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["lines"] = """{"kind":"lines","path":"-","maxItemBytes":1024}""",
        ["jsonl"] = """{"kind":"jsonl","path":"orders.jsonl.gz","maxItemBytes":"1MiB"}""",
        ["json"] = """{"kind":"json","path":"orders.json","maxItemBytes":1}""",
        ["csv"] = """{"kind":"csv","path":"orders.csv","delimiter":"tab","header":true,"maxItemBytes":67108864}""",
        ["range"] = """{"kind":"range","start":-5,"end":"1e6","maxItemBytes":100}""",
        ["inline"] = """{"kind":"inline","items":[1,"two",{"three":3},null,[4]],"maxItemBytes":100}""",
        ["files"] = """{"kind":"files","patterns":["**/*.jpg","!draft/**"],"root":"data","maxItemBytes":"4KiB"}""",
        ["blobs"] = """{"kind":"blobs","container":"images","prefix":"2026/","maxItemBytes":"4KiB"}""",
        ["redrive"] = """{"kind":"redrive","run":"nightly-1","only":"timedOut","whereError":"Http503","maxItemBytes":100}""",
        ["custom"] = """{"kind":"custom","name":"orders-table","options":{"since":"2026-01-01"},"maxItemBytes":100}""",
    };

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>A minimal spec with another source.</summary>
    public static JsonObject WithSource(string source)
    {
        var spec = Minimal;
        spec["source"] = Parse(source);
        return spec;
    }

    /// <summary>A minimal spec with one value set.</summary>
    public static JsonObject With(string pointer, string json)
    {
        var document = SpecDocument.Parse(Minimal.ToJsonString());
        document.Set(pointer, JsonNode.Parse(json));
        return document.Json;
    }

    public static RunSpec Read(JsonObject spec) => SpecReader.Read(spec, Registry);

    public static RunSpec Read(string spec) => SpecReader.Read(spec, Registry);

    /// <summary>What is wrong with a spec; empty: nothing.</summary>
    public static IReadOnlyList<SpecError> ErrorsOf(string spec)
    {
        try
        {
            Read(spec);
            return [];
        }
        catch (SpecException exception)
        {
            return exception.Errors;
        }
    }

    public static IReadOnlyList<SpecError> ErrorsOf(JsonObject spec) => ErrorsOf(spec.ToJsonString());

    private static FanoutRegistry CreateRegistry()
    {
        var registry = new FanoutRegistry();
        foreach (var name in new[] { "http", "exec", "echo" })
        {
            Func<JsonElement?, IReadOnlyList<SpecError>> validate = name == "http" ? CheckHttp : _ => [];
            registry.Handlers.Add(name, new HandlerRegistration(name, validate, (_, _) => throw new InvalidOperationException("Reading makes no handler.")));
        }

        foreach (var name in new[] { "count", "sum" })
            registry.Reductions.Add(name, Mock.Of<IReduction>(reduction => reduction.Name == name));
        registry.Sources.Add("orders-table", (_, _) => throw new InvalidOperationException("Reading opens no source."));
        return registry;
    }

    private static IReadOnlyList<SpecError> CheckHttp(JsonElement? options) =>
        options is { } given && given.TryGetProperty("url", out var url)
            ? url.ValueKind == JsonValueKind.String ? [] : [new SpecError("/url", url.GetRawText(), "is not a URL.", "Write it as text.")]
            : [new SpecError("/url", null, "is missing, and there is no default.", "Add \"url\": \"https://…\".")];
}
