using System.Text.Json;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SpecReaderTests
{
    [Fact]
    public void MinimalSpec_HasDefaultsForEverythingElse()
    {
        var spec = SpecSamples.Read(SpecSamples.Minimal);
        Assert.Null(spec.Id);
        Assert.Equal(new HandlerSpec("echo"), spec.Handler);
        Assert.Equal(new JsonlSourceSpec { Path = "orders.jsonl" }, spec.Source);
        Assert.Equal(new FlowSpec { Limits = spec.Flow.Limits }, spec.Flow);
        Assert.Empty(spec.Flow.Limits);
        Assert.Equal(new FailureSpec(), spec.Failure);
        Assert.Equal(new BatchSpec(), spec.Batch);
        Assert.Equal(new ResultsSpec(), spec.Results);
        Assert.Null(spec.OnComplete);
    }

    [Fact]
    public void FullSpec_IsReadFieldByField()
    {
        var spec = SpecSamples.Read(SpecSamples.Full);
        Assert.Equal("nightly-2026-11-23", spec.Id);
        Assert.Equal("http", spec.Handler.Name);
        Assert.Equal("POST", spec.Handler.Options!.Value.GetProperty("method").GetString());
        Assert.Equal(new CsvSourceSpec { Path = "orders.csv", Delimiter = ';', Header = false, MaxItemBytes = 64_000 }, spec.Source);
        Assert.Equal(["billing", "crm-api"], spec.Flow.Limits);
        Assert.Equal(
            new FlowSpec
            {
                Concurrency = 64,
                Rate = Rate.Parse("50/s"),
                Burst = 10,
                Weight = 0.5,
                Limits = spec.Flow.Limits,
                PerKey = new PerKeySpec("/tenantId") { Concurrency = 2, Rate = Rate.Parse("5/s"), Burst = 1 },
                Cost = new CostSpec(1, "/units"),
                Adaptive = true,
            },
            spec.Flow);
        Assert.Equal(
            new FailureSpec
            {
                Timeout = TimeSpan.FromSeconds(10),
                Retry = new RetrySpec
                {
                    MaxAttempts = 4,
                    FirstDelay = TimeSpan.FromMilliseconds(200),
                    Backoff = 1.5,
                    MaxDelay = TimeSpan.FromSeconds(90),
                    Jitter = false,
                },
                Tolerate = new Tolerance(100, 5),
                Deadline = TimeSpan.FromHours(2),
            },
            spec.Failure);
        Assert.Equal(
            new BatchSpec
            {
                Slice = TimeSpan.FromSeconds(20),
                MaxItems = 1_000,
                Checkpoint = TimeSpan.FromMilliseconds(500),
                Dispatch = BatchDispatch.Queue,
                Branches = 4,
                Lanes = 16,
            },
            spec.Batch);
        Assert.Equal(new ResultsSpec { Keep = KeepResults.Failures, Reduce = "sum" }, spec.Results);
        Assert.Equal(new OnCompleteSpec { Webhook = new WebhookSpec("https://example.com/hooks", "WEBHOOK_SECRET"), Queue = "orders-done" }, spec.OnComplete);
    }

    [Fact]
    public void EveryKindOfSource_IsReadFieldByField()
    {
        var sources = SpecSamples.Sources.ToDictionary(source => source.Key, source => SpecSamples.Read(SpecSamples.WithSource(source.Value)).Source);
        Assert.Equal(new LinesSourceSpec { Path = "-", MaxItemBytes = 1_024 }, sources["lines"]);
        Assert.Equal(new JsonlSourceSpec { Path = "orders.jsonl.gz" }, sources["jsonl"]);
        Assert.Equal(new JsonSourceSpec { Path = "orders.json", MaxItemBytes = 1 }, sources["json"]);
        Assert.Equal(new CsvSourceSpec { Path = "orders.csv", Delimiter = '\t', MaxItemBytes = 64 << 20 }, sources["csv"]);
        Assert.Equal(new RangeSourceSpec { Start = -5, End = 1_000_000, MaxItemBytes = 100 }, sources["range"]);
        Assert.Equal(
            ["1", "\"two\"", "{\"three\":3}", "null", "[4]"],
            Assert.IsType<InlineSourceSpec>(sources["inline"]).Items.Select(item => item.GetRawText()));
        var files = Assert.IsType<FilesSourceSpec>(sources["files"]);
        Assert.Equal(["**/*.jpg", "!draft/**"], files.Patterns);
        Assert.Equal("data", files.Root);
        Assert.Equal(new BlobsSourceSpec { Container = "images", Prefix = "2026/", MaxItemBytes = 4_096 }, sources["blobs"]);
        Assert.Equal(
            new RedriveSourceSpec { Run = "nightly-1", Only = RedriveSelection.TimedOut, WhereError = "Http503", MaxItemBytes = 100 },
            sources["redrive"]);
        var custom = Assert.IsType<CustomSourceSpec>(sources["custom"]);
        Assert.Equal("orders-table", custom.Name);
        Assert.Equal("2026-01-01", custom.Options!.Value.GetProperty("since").GetString());
    }

    [Theory]
    [InlineData("100", 100L, null)]
    [InlineData("\"100\"", 100L, null)]
    [InlineData("\"5%\"", null, 5.0)]
    [InlineData("\"100,5%\"", 100L, 5.0)]
    [InlineData("{\"count\":\"1_000\"}", 1_000L, null)]
    [InlineData("{\"percent\":\"0.5%\"}", null, 0.5)]
    [InlineData("{\"percent\":\"0.5\"}", null, 0.5)]
    [InlineData("{\"percent\":-0.0}", null, 0.0)]
    public void Tolerance_MayBeGivenInShort(string json, long? count, double? percent) =>
        Assert.Equal(new Tolerance(count, percent), SpecSamples.Read(SpecSamples.With("/failure/tolerate", json)).Failure.Tolerate);

    [Theory]
    [InlineData("1", null, null)]
    [InlineData("\"1\"", null, null)]
    [InlineData("3", 3, null)]
    [InlineData("\"3\"", 3, null)]
    [InlineData("\"\"", 1, "")]
    [InlineData("\"/a~1b\"", 1, "/a~1b")]
    [InlineData("{\"pointer\":\"/units\"}", 1, "/units")]
    [InlineData("{\"pointer\":\"/units\",\"default\":5}", 5, "/units")]
    public void Cost_MayBeUnitsOrAPointerToThem(string json, int? units, string? pointer) =>
        Assert.Equal(units is { } each ? new CostSpec(each, pointer) : null, SpecSamples.Read(SpecSamples.With("/flow/cost", json)).Flow.Cost);

    [Fact]
    public void Ordered_IsOneAtATime()
    {
        var perKey = SpecSamples.Read(SpecSamples.With("/flow/perKey", """{"key":"/a","ordered":true}""")).Flow.PerKey;
        Assert.Equal(new PerKeySpec("/a") { Concurrency = 1, Ordered = true }, perKey);
    }

    [Theory]
    [InlineData("\"64\"", 64)]
    [InlineData("\"1_000\"", 1_000)]
    [InlineData("1e3", 1_000)]
    [InlineData("64.0", 64)]
    public void Numbers_MayBeGivenAsFlagsGiveThem(string json, int expected) =>
        Assert.Equal(expected, SpecSamples.Read(SpecSamples.With("/flow/concurrency", json)).Flow.Concurrency);

    [Fact]
    public void CommentsAndTrailingCommas_AreAccepted()
    {
        var spec = SpecSamples.Read("""
            // A comment
            {
              "handler": { "name": "echo", "options": { "list": [1, /* two */ 2,], } },
              "source": { "kind": "inline", "items": [ { "a": 1, /* b */ }, ] },
            }
            """);
        Assert.Equal("""{"list":[1,2]}""", spec.Handler.Options!.Value.GetRawText());
        Assert.Equal("""{"a":1}""", Assert.Single(((InlineSourceSpec)spec.Source).Items).GetRawText());
    }

    [Fact]
    public void ByteOrderMark_IsAccepted() => Assert.NotNull(SpecSamples.Read("\uFEFF" + SpecSamples.Minimal.ToJsonString()));

    [Fact]
    public void JsonElementAndJsonObject_AreReadLikeText()
    {
        var text = SpecSamples.Full.ToJsonString();
        var expected = SpecWriter.Write(SpecSamples.Read(text));
        Assert.Equal(expected, SpecWriter.Write(SpecReader.Read(JsonElement.Parse(text), SpecSamples.Registry)));
        Assert.Equal(expected, SpecWriter.Write(SpecReader.Read(SpecSamples.Full, SpecSamples.Registry)));
    }

    [Fact]
    public void ShortSlice_ShortensTheDefaultCheckpoint() =>
        Assert.Equal(TimeSpan.FromMilliseconds(100), SpecSamples.Read(SpecSamples.With("/batch/slice", "\"100ms\"")).Batch.Checkpoint);

    [Fact]
    public void OneDelay_DoesNotContradictTheOthersDefault()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), SpecSamples.Read(SpecSamples.With("/failure/retry/firstDelay", "\"5m\"")).Failure.Retry.MaxDelay);
        Assert.Equal(TimeSpan.Zero, SpecSamples.Read(SpecSamples.With("/failure/retry/maxDelay", "\"0s\"")).Failure.Retry.FirstDelay);
    }

    [Fact]
    public void RelativePaths_StartFromTheDirectory_WhenOneIsGiven()
    {
        var directory = Path.GetFullPath("work");
        SourceSpec SourceOf(string json) => SpecReader.Read(SpecSamples.WithSource(json), SpecSamples.Registry, directory).Source;

        Assert.Equal(Path.Combine(directory, "a.csv"), ((FileSourceSpec)SourceOf("""{"kind":"csv","path":"./a.csv"}""")).Path);
        Assert.Equal("-", ((FileSourceSpec)SourceOf("""{"kind":"lines","path":"-"}""")).Path);
        foreach (var url in new[] { "blob://orders/a.jsonl", "https://crm.blob.core.windows.net/orders/a" })
            Assert.Equal(url, ((FileSourceSpec)SourceOf($$"""{"kind":"lines","path":"{{url}}"}""")).Path);
        Assert.Equal(directory, ((FilesSourceSpec)SourceOf("""{"kind":"files","patterns":"*"}""")).Root);
        Assert.Equal(Path.Combine(directory, "data"), ((FilesSourceSpec)SourceOf("""{"kind":"files","patterns":"*","root":"data"}""")).Root);
        Assert.Null(((FilesSourceSpec)SpecSamples.Read(SpecSamples.WithSource("""{"kind":"files","patterns":"*"}""")).Source).Root);
    }

    [Fact]
    public void UrlWithASignature_IsRefusedWithoutRepeatingIt()
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(
            SpecSamples.With("/source/path", "\"https://crm.blob.core.windows.net/orders/a?sig=c2VjcmV0\"")));
        Assert.StartsWith("/source/path: the URL has a query, and specs are stored: a shared access signature in one", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HandlersOptions_AreValidWhenTheHandlerSaysSo()
    {
        var seen = new List<string?>();
        var registry = new FanoutRegistry();
        registry.Handlers.Add("probe", new("probe", options => { seen.Add(options?.GetRawText()); return []; }, (_, _) => throw new InvalidOperationException("Unused.")));
        SpecReader.Read("""{"handler":{"name":"probe","options":{ "b": 1, "a": 2 }},"source":{"kind":"range","start":0,"end":0}}""", registry);
        SpecReader.Read("""{"handler":{"name":"probe"},"source":{"kind":"range","start":0,"end":0}}""", registry);
        Assert.Equal(["""{"b":1,"a":2}""", null], seen);
    }
}
